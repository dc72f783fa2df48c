import { Minus, Plus } from "lucide-react";
import { type ButtonHTMLAttributes, type InputHTMLAttributes, type ReactNode, type Ref, useId } from "react";
import { common } from "@/shared/strings/common";
import css from "./controls.module.css";

type Look = "primary" | "quiet" | "danger" | "icon";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look | Look[];
  ref?: Ref<HTMLButtonElement>;
}

export function buttonClass(...looks: Look[]): string {
  return [css.button, ...looks.map((look) => css[look])].join(" ");
}

export function Button({ look = [], type = "button", className = "", ...rest }: ButtonProps) {
  return <button type={type} className={`${buttonClass(...[look].flat())} ${className}`} {...rest} />;
}

interface FieldProps {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  children: (ids: { id: string; "aria-describedby"?: string; "aria-invalid"?: true }) => ReactNode;
}

/** A label, what it labels, and below it what is wrong with it. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const described = error || hint ? { "aria-describedby": `${id}-about` } : {};
  return (
    <div className={css.field}>
      <label className={css.label} htmlFor={id}>
        {label}
      </label>
      {children({ id, ...described, ...(error && { "aria-invalid": true as const }) })}
      {(error || hint) && (
        <span id={`${id}-about`} className={error ? css.error : css.hint} role={error ? "alert" : undefined}>
          {error || hint}
        </span>
      )}
    </div>
  );
}

type InputProps = InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> };

interface TextFieldProps extends InputProps {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
}

export function TextField({ label, hint, error, ...input }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => <input className={css.input} {...ids} {...input} />}
    </Field>
  );
}

interface StepperProps extends TextFieldProps {
  onStep: (direction: 1 | -1) => void;
}

/** A number to type, with a smaller and a larger one a tap away. */
export function Stepper({ label, hint, error, onStep, ...input }: StepperProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <div className={css.stepper}>
          <button type="button" tabIndex={-1} aria-label={common.less(label)} onClick={() => onStep(-1)}>
            <Minus size={18} aria-hidden />
          </button>
          <input autoComplete="off" {...ids} {...input} onKeyDown={(event) => arrows(event, onStep)} />
          <button type="button" tabIndex={-1} aria-label={common.more(label)} onClick={() => onStep(1)}>
            <Plus size={18} aria-hidden />
          </button>
        </div>
      )}
    </Field>
  );
}

function arrows(event: React.KeyboardEvent, onStep: (direction: 1 | -1) => void): void {
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  event.preventDefault();
  onStep(event.key === "ArrowUp" ? 1 : -1);
}

interface SelectProps extends React.SelectHTMLAttributes<HTMLSelectElement> {
  label: string;
  options: readonly (readonly [value: string, text: string])[];
  ref?: Ref<HTMLSelectElement>;
}

export function Select({ label, options, ...select }: SelectProps) {
  return (
    <Field label={label}>
      {(ids) => (
        <select className={css.input} {...ids} {...select}>
          {options.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface ChoicesProps extends InputProps {
  legend: string;
  kind: "radio" | "checkbox";
  options: readonly (readonly [value: string, text: string])[];
  selected?: string;
}

/** One of a few, or several: all in view, each a target of its own. */
export function Choices({ legend, kind, options, selected, ...input }: ChoicesProps) {
  return (
    <fieldset className={css.field}>
      <legend className={css.label}>{legend}</legend>
      <div className={css.choices}>
        {options.map(([value, text]) => (
          <label key={value} className={css.choice}>
            <input type={kind} value={value} {...(selected !== undefined && { checked: selected === value })} {...input} />
            {text}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
