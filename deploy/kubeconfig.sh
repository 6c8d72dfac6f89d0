#!/bin/sh
# A kubeconfig for the bot outside of the cluster, on standard output: the cluster of your current context, and a token
# of the bot's own service account. After deploy/rbac.yaml:
#
#     (umask 077; sh deploy/kubeconfig.sh > aureus.kubeconfig)
set -eu

kubectl apply -f "$(dirname "$0")/outside.yaml" >&2

# The cluster fills the token in a moment later.
tries=0
until [ -n "$(kubectl -n aureus-bot get secret aureus-bot-outside -o 'jsonpath={.data.token}')" ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 30 ]; then
        echo "The cluster gives the service account aureus-bot no token. Is deploy/rbac.yaml applied?" >&2
        exit 1
    fi
    sleep 1
done

token=$(kubectl -n aureus-bot get secret aureus-bot-outside -o 'go-template={{.data.token | base64decode}}')
server=$(kubectl config view --minify -o 'jsonpath={.clusters[0].cluster.server}')
# Empty where the cluster's certificate is one that everybody knows.
authority=$(kubectl config view --minify --raw --flatten -o 'jsonpath={.clusters[0].cluster.certificate-authority-data}')

cat <<KUBECONFIG
apiVersion: v1
kind: Config
clusters:
  - name: aureus
    cluster:
      server: "$server"
${authority:+      certificate-authority-data: "$authority"}
users:
  - name: aureus-bot
    user: {token: "$token"}
contexts:
  - name: aureus
    context: {cluster: aureus, user: aureus-bot}
current-context: aureus
KUBECONFIG
