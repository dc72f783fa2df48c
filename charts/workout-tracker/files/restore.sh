# Brings back a dump: what is in the database now is replaced, all of it or nothing. What a newer release has added goes,
# too, or its migration would find it in its way. Without the last line nothing is committed.
. /scripts/connect.sh
file=${FILE:-$(ls -1 /backups/workout-*.dump | sort | tail -n 1)}
echo "Restoring $file"
{
  echo 'BEGIN; DROP OWNED BY CURRENT_USER CASCADE;'
  pg_restore --no-owner --no-privileges --file=- "$file" && printf 'COMMIT;\n\\echo Restored %s\n' "$file"
} | psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --output=/tmp/rows | grep "Restored $file"
