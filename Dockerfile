# Two stages: the packages are installed in the first, the second has no installer, no compiler and no root.
FROM python:3.12-slim AS build
WORKDIR /app
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY bot bot
COPY handlers handlers
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --constraint constraints.txt .

FROM python:3.12-slim
RUN useradd --uid 10001 --no-create-home aureus && mkdir /var/aureus && chown aureus /var/aureus
COPY --from=build /venv /venv
COPY config /app/config
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 HOST=0.0.0.0 AUREUS_CONFIG=/app/config DATABASE_URL=sqlite:////var/aureus/aureus.db
WORKDIR /app
USER 10001
EXPOSE 8080
ENTRYPOINT ["aureus"]
CMD ["serve"]
