"""What a request says beside its body: dry run, field manager, selectors, and so on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sandbox.kubernetes.errors import Cause, bad_request, forbidden_field, invalid, required, unsupported_value
from sandbox.kubernetes.objects import Json

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"


@dataclass(frozen=True)
class Options:
    """The options of one request, checked."""

    dry_run: bool = False
    manager: str = "unknown"
    force: bool = False
    #: ``Ignore``, ``Warn`` or ``Strict``: what becomes of unknown fields.
    validation: str = "Warn"
    labels: str = ""
    fields: str = ""
    #: How many objects a list answers at most; 0 is all of them.
    limit: int = 0
    carry_on: str = ""
    propagation: str = "Background"
    grace_seconds: int | None = None
    preconditions: Json = field(default_factory=dict)

    @classmethod
    def read(cls, query: Mapping[str, str], agent: str, verb: str, patch_type: str = "") -> "Options":
        """From a query string and the ``User-Agent``. Raises ``ApiError`` 422 or 400 as the real server does."""
        causes = list(_causes(query, patch_type))
        if causes:
            raise invalid(f"{verb.capitalize()}Options.meta.k8s.io", "", causes)
        return cls(
            dry_run=query.get("dryRun", "") == "All",
            manager=query.get("fieldManager") or agent.partition("/")[0] or "unknown",
            force=query.get("force") == "true",
            validation=query.get("fieldValidation") or "Warn",
            labels=query.get("labelSelector", ""),
            fields=query.get("fieldSelector", ""),
            limit=_whole(query.get("limit", "0"), "limit"),
            carry_on=query.get("continue", ""),
            propagation=query.get("propagationPolicy") or "Background",
            grace_seconds=_whole(query["gracePeriodSeconds"], "gracePeriodSeconds")
            if query.get("gracePeriodSeconds")
            else None,
        )

    def with_body(self, body: Json) -> "Options":
        """A delete's options may stand in its body, too. Raises ``ApiError`` 422."""
        for value in body.get("dryRun") or ():
            if value != "All":
                raise invalid("DeleteOptions.meta.k8s.io", "", [unsupported_value("dryRun", value, ["All"])])
        return replace(
            self,
            dry_run=self.dry_run or bool(body.get("dryRun")),
            propagation=body.get("propagationPolicy") or self.propagation,
            grace_seconds=body.get("gracePeriodSeconds", self.grace_seconds),
            preconditions=body.get("preconditions") or {},
        )


def _causes(query: Mapping[str, str], patch_type: str) -> list[Cause]:
    causes = []
    if query.get("dryRun", "All") != "All":
        causes.append(unsupported_value("dryRun", query["dryRun"], ["All"]))
    if query.get("fieldValidation", "Warn") not in ("Ignore", "Warn", "Strict", ""):
        causes.append(unsupported_value("fieldValidation", query["fieldValidation"], ["", "Ignore", "Strict", "Warn"]))
    if len(query.get("fieldManager", "")) > 128:
        causes.append(Cause("fieldManager", "FieldValueTooLong", "Too long: may not be more than 128 bytes"))
    if query.get("propagationPolicy", "Background") not in ("Background", "Foreground", "Orphan", ""):
        policies = ["Background", "Foreground", "Orphan"]
        causes.append(unsupported_value("propagationPolicy", query["propagationPolicy"], policies))
    if patch_type == APPLY_PATCH and not query.get("fieldManager"):
        causes.append(required("fieldManager", "is required for apply patch"))
    if patch_type not in ("", APPLY_PATCH) and "force" in query:
        causes.append(forbidden_field("force", "may not be specified for non-apply patch"))
    return causes


def _whole(written: str, name: str) -> int:
    if not written.isdigit():
        raise bad_request(f'invalid {name}: strconv.ParseInt: parsing "{written}": invalid syntax')
    return int(written)
