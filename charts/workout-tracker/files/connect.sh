# PostgreSQL's tools take the password from a file of their own form, in which ":" and "\" are escaped.
set -eu
umask 077
printf '*:*:*:*:%s\n' "$(sed 's/[:\\]/\\&/g' /run/secrets/workout/PGPASSWORD)" >/tmp/pgpass
export PGPASSFILE=/tmp/pgpass
