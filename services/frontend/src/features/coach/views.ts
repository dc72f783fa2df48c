export const VIEWS = ["chat", "plan", "analysis"] as const;

interface CoachSearch {
  view?: (typeof VIEWS)[number];
}

export function coachSearch(given: Record<string, unknown>): CoachSearch {
  const view = VIEWS.find((one) => one === given.view && one !== "chat");
  return view ? { view } : {};
}
