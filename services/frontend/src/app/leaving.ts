import type { QueryClient } from "@tanstack/react-query";
import { forgetConversation } from "@/features/coach/kept-conversation";
import { forgetRoutine } from "@/shared/exercises";
import { onSession, whoIs } from "@/shared/session/session";
import { forgetUndo } from "@/shared/undo";

/** However somebody leaves, in this tab or another: what was read, said and could be undone goes with them. */
export function forgetWhoeverLeaves(client: QueryClient): void {
  let before = whoIs();
  onSession(() => {
    const hasLeft = before !== "" && before !== whoIs();
    before = whoIs();
    if (!hasLeft) return;
    client.clear();
    forgetRoutine();
    forgetUndo();
    forgetConversation();
  });
}
