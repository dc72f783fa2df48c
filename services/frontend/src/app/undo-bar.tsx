import { Undo2 } from "lucide-react";
import { common } from "@/shared/strings/common";
import { useStore } from "@/shared/store";
import { Button } from "@/shared/ui/controls";
import { focusSoon } from "@/shared/ui/focus";
import { undoable, undoNow } from "@/shared/undo";
import css from "./undo-bar.module.css";

/** The button goes, and focus with it: to the line that is as it was, or to the page. */
function undo(): void {
  const key = undoNow();
  focusSoon(() => (key ? document.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`) : null));
}

/** What was just done, and the way back. It holds no error, so it may go away by itself. */
export function UndoBar() {
  const last = useStore(undoable);
  return (
    <div className={css.place} role="status">
      {last && (
        <div key={last.id} className={css.bar}>
          <span className={css.text}>{last.text}</span>
          <Button look="quiet" onClick={undo}>
            <Undo2 size={18} aria-hidden />
            {common.undo}
          </Button>
        </div>
      )}
    </div>
  );
}
