import { CircleCheck, CircleHelp, CircleX, TriangleAlert } from "lucide-react";
import { referenceOf } from "@/shared/api/problem";
import { status as words } from "@/shared/strings/status";
import { Reference, Skeleton } from "@/shared/ui/feedback";
import type { About } from "./health";
import css from "./status-page.module.css";

const ICONS = { good: CircleCheck, partly: TriangleAlert, bad: CircleX, unknown: CircleHelp };

interface Props {
  name: string;
  /** Null while it is asked for. */
  about: About | null;
  error?: unknown;
}

/** How one service is: an icon, a word and sentences. */
export function Service({ name, about, error }: Props) {
  const Icon = ICONS[about?.verdict ?? "unknown"];
  const reference = referenceOf(error);
  return (
    <li className={css.service} data-verdict={about?.verdict ?? "unknown"}>
      <Icon size={24} aria-hidden />
      <div className={css.about}>
        <h2>{name}</h2>
        {about ? (
          <>
            <p className={css.verdict}>{words.words[about.verdict]}</p>
            {about.sentences.map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
          </>
        ) : (
          <Skeleton width={240} height={78} />
        )}
        {reference && <Reference id={reference} />}
      </div>
    </li>
  );
}
