# Brings back a dump: what is in the database now is replaced, all of it or nothing.
. /scripts/connect.sh
file=${FILE:-$(ls -1 /backups/workout-*.dump | sort | tail -n 1)}
echo "Restoring $file"
pg_restore --clean --if-exists --no-owner --no-privileges --single-transaction --exit-on-error --dbname="$PGDATABASE" "$file"
echo "Restored $file"
