"""The AI Coach: who answers, how fast, and for how much."""

from scripts.dashboards.grafana import Dashboard, Panel, Query, Row
from scripts.dashboards.http import DURATION, QUANTILES, WINDOW, of, quantile, red, share

JOB = "workout-ai-coach"
CACHED, PASSED_OVER = 'source="cache"', 'outcome!~"answered|cancelled"'
OVER_BUDGET, REFUSED = 'outcome="over_budget"', 'allowed="false"'
ANSWERS = f"rate(coach_answers_total{of(JOB)}{WINDOW})"
FROM_CACHE = f"rate(coach_answers_total{of(JOB, CACHED)}{WINDOW})"
RUNS = f"rate(coach_llm_runs_total{of(JOB)}{WINDOW})"
FELL_BACK = f"rate(coach_llm_runs_total{of(JOB, PASSED_OVER)}{WINDOW})"
ASKED = of(JOB, 'http_route=~"/chat|/chat/stream|/recommend|/analyze"')
NO_MODEL = " Empty where no model is configured."

ANSWERED = (
    Panel(
        "Answers by source",
        "Answers a second, by who gave them: a language model, the rules, or the cache.",
        "reqps",
        (Query(f"sum by (source) ({ANSWERS})", "{{source}}"),),
        stacked=True,
    ),
    Panel(
        "Answers by question",
        "Answers a second by what was asked for.",
        "reqps",
        (Query(f"sum by (task) ({ANSWERS})", "{{task}}"),),
        stacked=True,
    ),
    Panel(
        "From the cache",
        "Share of answers that had been given before.",
        "percentunit",
        (Query(share(FROM_CACHE, ANSWERS), "cache"),),
        most=1,
    ),
)
SPENT = (
    Panel(
        "Cost of a day",
        "US dollars in the last 24 hours, by the price lists that genai-prices knows; models of your own cost nothing."
        + NO_MODEL,
        "currencyUSD",
        (Query(f"sum by (model) (increase(coach_llm_cost_dollars_total{of(JOB)}[24h]))", "{{model}}"),),
        kind="stat",
        width=6,
    ),
    Panel(
        "Tokens of a day",
        "Tokens in the last 24 hours, by direction." + NO_MODEL,
        "short",
        (Query(f"sum by (direction) (increase(coach_llm_tokens_total{of(JOB)}[24h]))", "{{direction}}"),),
        kind="stat",
        width=6,
    ),
    Panel(
        "Left alone",
        "1 while a model's breaker is open: it failed again and again, and is not asked for a while." + NO_MODEL,
        "short",
        (Query(f"max by (model) (coach_llm_breaker_open{of(JOB)})", "{{model}}"),),
        kind="stat",
        width=6,
        steps=((1, "red"),),
    ),
    Panel(
        "Over budget",
        "Questions of the last 24 hours that went to the rules because the day's tokens were used up." + NO_MODEL,
        "short",
        (
            Query(
                f"sum(increase(coach_llm_runs_total{of(JOB, OVER_BUDGET)}[24h]))"
                f" or 0 * sum(increase(coach_llm_runs_total{of(JOB)}[24h]))",
                "questions",
            ),
        ),
        kind="stat",
        width=6,
        steps=((1, "orange"),),
    ),
)
MODELS = (
    Panel(
        "Models by outcome",
        "Questions a second to language models, by what became of them. All but `answered` and `cancelled` went on to"
        " the next model or to the rules." + NO_MODEL,
        "reqps",
        (Query(f"sum by (model, outcome) ({RUNS})", "{{model}} {{outcome}}"),),
        stacked=True,
    ),
    Panel(
        "Fallback",
        "Share of questions to a model that another one, or the rules, had to answer." + NO_MODEL,
        "percentunit",
        (Query(share(FELL_BACK, RUNS), "fallback"),),
        most=1,
    ),
    Panel(
        "Duration of models",
        "How long models that were asked took." + NO_MODEL,
        "s",
        tuple(
            Query(quantile(q, f"coach_llm_duration_seconds_bucket{of(JOB)}", "model"), f"{{{{model}}}} p{q * 100:.0f}")
            for q in QUANTILES
        ),
    ),
    Panel(
        "Tokens",
        "Tokens a second, by model and direction." + NO_MODEL,
        "short",
        (
            Query(
                f"sum by (model, direction) (rate(coach_llm_tokens_total{of(JOB)}{WINDOW}))",
                "{{model}} {{direction}}",
            ),
        ),
        stacked=True,
    ),
    Panel(
        "Duration by question",
        "The 95th percentile of whole answers, the routine read and the cache asked included.",
        "s",
        (Query(quantile(0.95, f"{DURATION}_bucket{ASKED}", "http_route"), "{{http_route}}"),),
    ),
    Panel(
        "Refused by a limit",
        "Questions a second that a rate limit refused with 429.",
        "reqps",
        (
            Query(
                f"sum(rate(rate_limit_decisions_total{of(JOB, REFUSED)}{WINDOW}))"
                f" or 0 * sum(rate(rate_limit_decisions_total{of(JOB)}{WINDOW}))",
                "429",
            ),
        ),
    ),
)
DASHBOARD = Dashboard(
    name="ai-coach",
    title="AI Coach",
    description="Who answers questions, how fast, and for how much.",
    rows=(
        Row("Answers", ANSWERED),
        Row("Spent", SPENT),
        Row("Language models", MODELS),
        Row("Rate, errors, duration", red(JOB)),
    ),
)
