import type { ChatResponse } from "@/shared/api/schemas";
import { coach } from "@/shared/strings/coach";
import css from "./source-note.module.css";

interface Props extends Pick<ChatResponse, "source" | "model"> {
  sawRoutine?: boolean;
}

/** Who gave an answer, and whether it was about this routine. */
export function SourceNote({ source, model, sawRoutine }: Props) {
  const from = source === "rules" ? coach.from.rules : coach.from[source](model);
  const saw = sawRoutine === undefined ? "" : ` · ${sawRoutine ? coach.chat.sawRoutine : coach.chat.sawNothing}`;
  return <p className={css.note}>{from + saw}</p>;
}
