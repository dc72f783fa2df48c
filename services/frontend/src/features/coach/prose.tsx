import { Fragment, type ReactNode } from "react";
import css from "./prose.module.css";

/** Text with what models write of Markdown: paragraphs, lists, headings and bold. Never HTML. */
export function Prose({ text }: { text: string }) {
  return <div className={css.prose}>{blocks(text).map((block, at) => <Block key={at} lines={block} />)}</div>;
}

const ITEM = /^\s*(?:[-*•]|\d+[.)])\s+/;

function blocks(text: string): string[][] {
  const found: string[][] = [];
  for (const line of text.split("\n")) {
    const last = found.at(-1);
    const isItem = ITEM.test(line);
    if (!line.trim()) found.push([]);
    else if (last?.length && ITEM.test(last[0] as string) === isItem && !line.startsWith("#")) last.push(line);
    else found.push([line]);
  }
  return found.filter((block) => block.length);
}

function Block({ lines }: { lines: string[] }) {
  const first = lines[0] as string;
  if (ITEM.test(first)) {
    const List = /^\s*\d/.test(first) ? "ol" : "ul";
    return (
      <List>
        {lines.map((line, at) => (
          <li key={at}>{inline(line.replace(ITEM, ""))}</li>
        ))}
      </List>
    );
  }
  if (first.startsWith("#")) return <p className={css.heading}>{inline(first.replace(/^#+\s*/, ""))}</p>;
  return <p>{inline(lines.join("\n"))}</p>;
}

function inline(text: string): ReactNode {
  return text.split(/\*\*(.+?)\*\*/).map((part, at) => (at % 2 ? <strong key={at}>{part}</strong> : <Fragment key={at}>{part}</Fragment>));
}
