export const status = {
  title: "Status",
  asOf: (time: string) => `As of ${time}`,
  refresh: "Look again",
  services: { api: "Workout API", coach: "AI Coach", worker: "Worker" },
  words: { good: "Working", partly: "Working, with something missing", bad: "Not working", unknown: "Not known" },
  api: {
    healthy: (count: string) => `It answers, and its database holds ${count} exercises.`,
    unhealthy: "It answers, but cannot reach its database. Your changes wait here until it can.",
    gone: "It cannot be reached. Your changes wait here until it can.",
    version: "Version",
  },
  coach: {
    llm: (model: string) => `It answers with ${model}.`,
    rules: "It answers by rules of training, without a language model.",
    noApi: "It cannot reach the Workout API, so it answers without seeing your routine.",
    noRedis: "It cannot reach Redis, so it makes every answer anew.",
    busy: "Its language model is failing at the moment, so rules answer in its place.",
    gone: "It cannot be reached. Everything else goes on working.",
  },
  worker: {
    adminOnly: "Admins see its jobs.",
    none: "This API has no jobs to show.",
    ran: (task: string, when: string, how: string) => `${task}: ${how}, ${when}`,
    noRuns: "No job has run yet.",
    good: "Its last runs went well.",
    bad: "Its last run of a job failed.",
  },
} as const;
