import type { ComponentChildren, JSX } from 'preact';
import { choice, choose } from '../router';

/** One of a few, as a row of buttons; the choice is in the URL. */
export function Choice<V extends string>({ name, label, options, otherwise }: {
  name: string; label: string; options: readonly (readonly [value: V, text: string])[]; otherwise: V;
}): JSX.Element {
  const current = choice(name, otherwise);
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      {options.map(([value, text]) => (
        <label key={value} class={current === value ? 'chosen' : ''}>
          <input type="radio" name={name} value={value} checked={current === value} onChange={() => choose(name, value, otherwise)} />{text}
        </label>
      ))}
    </fieldset>
  );
}

/** The value of a choice, one of its options. */
export function chosen<V extends string>(name: string, options: readonly (readonly [V, string])[], otherwise: V): V {
  const current = choice(name, otherwise);
  return options.some(([value]) => value === current) ? (current as V) : otherwise;
}

/** One of many; the choice is in the URL. */
export function Select({ name, label, options, otherwise }: { name: string; label: string; options: readonly (readonly [string, string])[]; otherwise: string }): JSX.Element {
  return (
    <label class="field">{label}
      <select value={choice(name, otherwise)} onChange={(event) => choose(name, event.currentTarget.value, otherwise)}>
        {options.map(([value, text]) => <option key={value} value={value}>{text}</option>)}
      </select>
    </label>
  );
}

/** On or off; the choice is in the URL. */
export function Switch({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <label class="switch">
      <input type="checkbox" checked={choice(name, '') === '1'} onChange={(event) => choose(name, event.currentTarget.checked ? '1' : '', '')} />{children}
    </label>
  );
}

/** A text to look for; the choice is in the URL. */
export function Search({ name, label }: { name: string; label: string }): JSX.Element {
  return <input type="search" class="search" aria-label={label} placeholder={label} value={choice(name, '')} onInput={(event) => choose(name, event.currentTarget.value, '')} />;
}
