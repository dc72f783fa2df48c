import { Send, Square } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useMuscles } from "@/shared/muscles/use-muscles";
import type { Row } from "@/shared/outbox/changes";
import { coach } from "@/shared/strings/coach";
import { routine } from "@/shared/strings/routine";
import { Button, Field } from "@/shared/ui/controls";
import controls from "@/shared/ui/controls.module.css";
import { ErrorNote } from "@/shared/ui/feedback";
import type { Said } from "./conversation";
import { Prose } from "./prose";
import { SourceNote } from "./source-note";
import { suggestions } from "./suggestions";
import { useChat } from "./use-chat";
import css from "./chat-panel.module.css";

const words = coach.chat;
const MOST = 2000;

export function ChatPanel({ rows }: { rows: Row[] }) {
  const chat = useChat();
  const [withRoutine, setWithRoutine] = useState(true);
  const muscles = useMuscles();
  const ask = (message: string) => chat.ask(message, withRoutine);
  return (
    <div className={css.chat}>
      {chat.said.length > 0 ? (
        <Conversation said={chat.said} />
      ) : (
        <Suggestions list={suggestions(muscles?.week(rows) ?? [])} onAsk={ask} />
      )}
      <Announcement last={chat.said.at(-1)} />
      {chat.error !== null && <ErrorNote error={chat.error} service="coach" onRetry={retryOf(chat.said, ask)} />}
      <Composer isWriting={chat.isWriting} onAsk={ask} onStop={chat.stop}>
        <label className={css.sees}>
          <input type="checkbox" checked={withRoutine} onChange={(event) => setWithRoutine(event.target.checked)} />
          {words.sees}
        </label>
        {chat.said.length > 0 && (
          <Button look="quiet" onClick={chat.startOver}>
            {words.again}
          </Button>
        )}
      </Composer>
      <details className={css.seen}>
        <summary>{coach.seen.title}</summary>
        <p>{withRoutine && rows.length ? coach.seen.text(routine.exercises(rows.length)) : coach.seen.none}</p>
      </details>
    </div>
  );
}

/** For whoever cannot see the text grow: the whole of it, once. */
function Announcement({ last }: { last: Said | undefined }) {
  const text = { writing: words.writing, done: last?.content, stopped: words.stopped, failed: "" }[last?.state ?? "failed"];
  return (
    <p className="visually-hidden" role="status">
      {last?.role === "coach" && text}
    </p>
  );
}

function retryOf(said: readonly Said[], ask: (message: string) => void): (() => void) | undefined {
  const question = said.findLast((one) => one.role === "user");
  return question && (() => ask(question.content));
}

function Suggestions({ list, onAsk }: { list: string[]; onAsk: (message: string) => void }) {
  return (
    <section className={css.suggestions} aria-label={words.suggestions}>
      <p>{words.empty}</p>
      <ul>
        {list.map((question) => (
          <li key={question}>
            <button type="button" className={css.suggestion} onClick={() => onAsk(question)}>
              {question}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Conversation({ said }: { said: readonly Said[] }) {
  return (
    <ol className={css.said} aria-label={words.label}>
      {said.map((one, at) => (
        <li key={at} className={css.message} data-role={one.role}>
          <span className="visually-hidden">{one.role === "user" ? words.you : words.coach}</span>
          {one.role === "user" ? <p className={css.question}>{one.content}</p> : <Prose text={one.content} />}
          {one.state === "writing" && !one.content && <p className={css.soft}>{words.thinking}</p>}
          {one.state === "stopped" && <p className={css.soft}>{words.stopped}</p>}
          {one.about && <SourceNote {...one.about} sawRoutine={one.about.context_used} />}
        </li>
      ))}
    </ol>
  );
}

interface ComposerProps {
  isWriting: boolean;
  onAsk: (message: string) => void;
  onStop: () => void;
  children: React.ReactNode;
}

function Composer({ isWriting, onAsk, onStop, children }: ComposerProps) {
  const [text, setText] = useState("");
  const end = useRef<HTMLFormElement>(null);
  const send = () => {
    if (!text.trim() || isWriting) return;
    onAsk(text.trim());
    setText("");
  };
  const submit = (event: React.SyntheticEvent) => {
    event.preventDefault();
    send();
  };
  useEffect(() => {
    if (isWriting) end.current?.scrollIntoView({ block: "nearest" });
  }, [isWriting]);
  return (
    <form ref={end} className={css.composer} onSubmit={submit}>
      <Field label={words.placeholder}>
        {(ids) => (
          <textarea
            {...ids}
            className={`${controls.input} ${css.text}`}
            rows={2}
            maxLength={MOST}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
              event.preventDefault();
              send();
            }}
          />
        )}
      </Field>
      <div className={css.actions}>
        {isWriting ? (
          <Button look="primary" onClick={onStop}>
            <Square size={16} aria-hidden />
            {words.stop}
          </Button>
        ) : (
          <Button type="submit" look="primary">
            <Send size={16} aria-hidden />
            {words.send}
          </Button>
        )}
        {children}
      </div>
    </form>
  );
}
