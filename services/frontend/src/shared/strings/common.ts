/** All that the app says stands in this folder, one file a page. Numbers and dates come formatted by locale. */
const plural = new Intl.PluralRules("en");

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString()} ${plural.select(count) === "one" ? one : many}`;
}

export const GROUP_NAMES: Record<string, string> = {
  chest: "Chest",
  back: "Back",
  shoulders: "Shoulders",
  biceps: "Biceps",
  triceps: "Triceps",
  legs: "Legs",
  core: "Core",
  full_body: "Full body",
};

export const common = {
  app: "Workout Tracker",
  pages: { routine: "Routine", coach: "Coach", account: "Account", status: "Status", admin: "Admin", more: "More" },
  mainNavigation: "Main",
  skip: "Skip to content",
  less: (what: string) => `Less: ${what}`,
  more: (what: string) => `More: ${what}`,
  save: "Save",
  cancel: "Cancel",
  done: "Done",
  close: "Close",
  add: "Add",
  retry: "Try again",
  undo: "Undo",
  discard: "Discard",
  loading: "Loading…",
  reference: "Reference",
  copy: "Copy reference",
  copied: "Copied",
  notFound: "There is no such page.",
  toRoutine: "To the routine",
  wrong: "This part of the page has failed.",
  reload: "Reload",
  noAnswer: "cannot be reached. Check the network; what you did is kept.",
  tooMany: (seconds: number | null) =>
    seconds ? `Too many requests. Try again in ${counted(seconds, "second")}.` : "Too many requests. Try again soon.",
  forbidden: "Your account may not do this.",
  services: { api: "The Workout API", coach: "The coach" },
  sync: {
    saved: "Saved",
    saving: "Saving…",
    waiting: (count: number) => `Waiting for network (${count.toLocaleString()})`,
    attention: (count: number) => `${counted(count, "change")} ${count === 1 ? "needs" : "need"} you`,
    expired: "Log in to save",
    unkept: "Not kept: leave this page open",
    review: "Review",
  },
};
