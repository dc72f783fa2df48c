#!/usr/bin/env bash
# A walk through the product, against `make run` or services that are forwarded here. Ends with the first wrong answer.
#
#   API_URL=http://localhost:8000 AI_COACH_URL=http://localhost:8001 scripts/demo.sh
#
# WORKOUT_USERNAME and WORKOUT_PASSWORD are an admin's; the defaults are those of development.
set -euo pipefail

API_URL=${API_URL:-http://localhost:8000}
AI_COACH_URL=${AI_COACH_URL:-http://localhost:8001}
WORKOUT_USERNAME=${WORKOUT_USERNAME:-admin}
WORKOUT_PASSWORD=${WORKOUT_PASSWORD:-admin123}
PYTHON=$(command -v python3 || command -v python)
FOLDER=$(mktemp -d)
ADDED=
TOKEN=
STEP=0
JSON=(--header "Content-Type: application/json" --data)
AUTH=(--header "X-Trace-Id: demo")

cleanup() {
  # What the demo has added goes again, however it ends.
  if [[ -n $ADDED ]]; then
    curl --silent --output /dev/null --request DELETE "${AUTH[@]}" "$API_URL/exercises/$ADDED" || true
  fi
  rm -rf "$FOLDER"
}
trap cleanup EXIT

bold=; red=; green=; plain=
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then bold=$'\e[1m'; red=$'\e[31m'; green=$'\e[32m'; plain=$'\e[0m'; fi

step() { STEP=$((STEP + 1)); printf '\n%s%2d. %s%s\n' "$bold" "$STEP" "$1" "$plain"; }
good() { printf '    %sok%s  %s\n' "$green" "$plain" "$1"; }
fail() {
  printf '    %sWRONG%s  %s\n' "$red" "$plain" "$1" >&2
  if [[ -s $FOLDER/body ]]; then printf '    The answer was: %.600s\n' "$(cat "$FOLDER/body")" >&2; fi
  exit 1
}

# ask STATUS METHOD URL [curl's arguments]: the answer goes to $FOLDER/body and $FOLDER/headers.
ask() {
  local wanted=$1 method=$2 url=$3 status
  shift 3
  printf '    %s %s\n' "$method" "$url"
  : > "$FOLDER/body"
  status=$(curl --silent --show-error --max-time 70 --request "$method" "${AUTH[@]}" "$@" \
    --output "$FOLDER/body" --dump-header "$FOLDER/headers" --write-out '%{http_code}' "$url") \
    || fail "$url does not answer. Is it running? (make run)"
  [[ $status == "$wanted" ]] || fail "status $status instead of $wanted"
}

# check EXPRESSION SENTENCE: a Python expression about `body`, and what may then be said; it may name `body` in braces.
check() {
  "$PYTHON" - "$FOLDER/body" "$1" "$2" <<'PYTHON' > "$FOLDER/said" || fail "expected: $1"
import json, sys
path, expression, sentence = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    body = json.load(file)
if not eval(expression, {"body": body}):
    sys.exit(1)
print(eval("f" + repr(sentence), {"body": body}))
PYTHON
  good "$(cat "$FOLDER/said")"
}

field() { "$PYTHON" -c 'import json, sys; print(json.load(open(sys.argv[1], encoding="utf-8"))[sys.argv[2]])' "$FOLDER/body" "$1"; }
header() { tr -d '\r' < "$FOLDER/headers" | awk -F ': ' -v name="$1" 'tolower($1) == name { print $2 }'; }

printf '%sWorkout Tracker%s\n  API       %s\n  AI Coach  %s\n' "$bold" "$plain" "$API_URL" "$AI_COACH_URL"

step "Are the services well?"
ask 200 GET "$API_URL/health"
check 'body["status"] == "healthy"' 'the API is {body["status"]}, version {body["version"]}'
ask 200 GET "$AI_COACH_URL/health"
check 'body["status"] in ("healthy", "degraded")' 'the coach is {body["status"]}; {body["ai_model"]} answers'

step "Log in"
ask 200 POST "$API_URL/auth/login" "${JSON[@]}" "{\"username\": \"$WORKOUT_USERNAME\", \"password\": \"$WORKOUT_PASSWORD\"}"
check 'body["token_type"] == "bearer"' 'a token for {body["expires_in"] // 60} minutes'
TOKEN=$(field access_token)
AUTH+=(--header "Authorization: Bearer $TOKEN")
ask 200 GET "$API_URL/auth/me"
check 'body["role"] == "admin"' '{body["username"]} is {body["role"]}'

step "The routine"
ask 200 GET "$API_URL/exercises?page_size=3"
check 'len(body["items"]) == min(3, body["total"])' '{body["total"]} exercises, the first: {", ".join(e["name"] for e in body["items"])}'

step "Add an exercise"
ask 201 POST "$API_URL/exercises" "${JSON[@]}" '{"name": "Demo Front Squat", "sets": 4, "reps": 6, "weight": 70, "workout_day": "C"}'
check 'body["weight"] == 70 and body["workout_day"] == "C"' '{body["name"]}: {body["sets"]} x {body["reps"]} with {body["weight"]} kg, number {body["id"]}'
ADDED=$(field id)
ask 422 POST "$API_URL/exercises" "${JSON[@]}" '{"name": "Demo", "sets": 0, "reps": 6}'
check '[e["field"] for e in body["errors"]] == ["sets"]' 'a mistake is named: {body["detail"]}'

step "Nothing is sent twice: ETag"
ask 200 GET "$API_URL/exercises"
TAG=$(header etag)
[[ $TAG == W/* ]] || fail "no ETag"
good "the list is $TAG"
ask 304 GET "$API_URL/exercises" --header "If-None-Match: $TAG"
good "asked again with it: 304 Not Modified, and $(wc -c < "$FOLDER/body" | tr -d ' ') bytes"

step "The same as CSV"
ask 200 GET "$API_URL/exercises?format=csv&sort_by=id&sort_order=desc&page_size=3"
[[ $(head -1 "$FOLDER/body" | tr -d '\r') == id,name,sets,reps,weight,workout_day ]] || fail "not the columns of the contract"
grep -q "^$ADDED,Demo Front Squat," "$FOLDER/body" || fail "the new exercise is missing"
tr -d '\r' < "$FOLDER/body" | sed 's/^/        /'
good "the newest first"

step "Ask the coach"
ask 200 POST "$AI_COACH_URL/chat" "${JSON[@]}" '{"message": "What should I add for a balanced routine?"}'
check 'body["context_used"] and body["response"].strip()' '{body["source"]}, {body["model"]}: {body["response"].strip().splitlines()[0][:100]}'
ask 200 POST "$AI_COACH_URL/recommend" \
  "${JSON[@]}" '{"focus_area": "chest", "equipment_available": ["barbell", "bodyweight"], "session_duration_minutes": 45}'
check 'body["exercises"] and body["estimated_duration_minutes"] <= 60' '{body["title"]}: {", ".join(e["name"] for e in body["exercises"])}'
ask 200 GET "$AI_COACH_URL/analyze"
check 'body["summary"] and body["recommendations"]' '{body["summary"][:120]}'

step "What an admin may"
ask 200 GET "$API_URL/admin/users"
check 'any(user["role"] == "admin" for user in body)' '{len(body)} accounts: {", ".join(user["username"] for user in body)[:80]}'
ask 204 DELETE "$API_URL/admin/exercises/$ADDED"
good "the exercise of this demo is gone"
ask 404 GET "$API_URL/exercises/$ADDED"
ADDED=
check 'body["status"] == 404' '{body["detail"]}'

printf '\n%sAll %d steps went well.%s\n' "$green" "$STEP" "$plain"
