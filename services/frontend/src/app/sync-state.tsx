import { Check, CloudOff, LoaderCircle, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { box, isKept } from "@/shared/outbox/box";
import { isOf } from "@/shared/outbox/changes";
import { sender } from "@/shared/outbox/outbox";
import { useSession, whoIs } from "@/shared/session/session";
import { common } from "@/shared/strings/common";
import { useStore } from "@/shared/store";
import css from "./sync-state.module.css";

const words = common.sync;

/** Whether the server has what was done here, in one place on every page. */
export function SyncState() {
  const session = useSession();
  const changes = useStore(box).filter(isOf(whoIs(session)));
  const sending = useStore(sender.state);
  const kept = useStore(isKept);
  const [changedBy, setChangedBy] = useState<string | null>(null);
  const who = whoIs(session);
  if (changes.length && changedBy !== who) setChangedBy(who);
  const stuck = changes.filter((change) => change.state === "conflict" || change.state === "refused").length;
  const [look, Icon, text] = (() => {
    if (stuck) return ["warn", TriangleAlert, words.attention(stuck)] as const;
    if (changes.length && session.status === "expired") return ["warn", CloudOff, words.expired] as const;
    if (changes.length && sending === "waiting") {
      return ["warn", CloudOff, kept ? words.waiting(changes.length) : words.unkept] as const;
    }
    if (changes.length && sending === "sending") return ["busy", LoaderCircle, words.saving] as const;
    return changedBy === who ? (["calm", Check, words.saved] as const) : []; // for whoever has changed something
  })();
  return (
    <p className={css.state} data-look={look} role="status">
      {Icon && <Icon size={16} aria-hidden />}
      {text}
    </p>
  );
}
