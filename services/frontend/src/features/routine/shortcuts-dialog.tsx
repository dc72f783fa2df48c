import { routine } from "@/shared/strings/routine";
import { Dialog } from "@/shared/ui/feedback";
import css from "./shortcuts-dialog.module.css";

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={routine.shortcuts.title} onClose={onClose}>
      <dl className={css.list}>
        {routine.shortcuts.list.map(([keys, what]) => (
          <div key={keys} className={css.line}>
            <dt>
              <kbd className={css.keys}>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
