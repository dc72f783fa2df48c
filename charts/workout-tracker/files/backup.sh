# A dump of the whole database, its name the time in UTC; the newest $KEEP are kept. Half a dump never has that name.
. /scripts/connect.sh
file=/backups/workout-$(date -u +%Y%m%dT%H%M%SZ).dump
rm -f /backups/.part-*
trap 'rm -f "/backups/.part-$$"' EXIT
pg_dump --format=custom --no-owner --no-privileges --file="/backups/.part-$$"
pg_restore --list "/backups/.part-$$" >/dev/null
mv "/backups/.part-$$" "$file"
ls -1 /backups/workout-*.dump | sort -r | tail -n "+$((KEEP + 1))" | while read -r old; do rm -f "$old"; done
echo "Dumped $(wc -c <"$file") bytes to $file; kept: $(ls -1 /backups/workout-*.dump | wc -l)"
