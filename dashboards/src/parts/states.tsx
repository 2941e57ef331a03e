import type { ComponentChildren, JSX } from 'preact';
import type { Resource } from '../resource';

/** Shows a resource: while it is read, when it could not be, when there is nothing yet, and else its content. */
export function Loaded<T>(properties: {
  of: Resource<T>;
  what: string;
  isEmpty?: (data: T) => boolean;
  empty?: ComponentChildren;
  children: (data: T) => ComponentChildren;
}): JSX.Element {
  const { of: resource, what, isEmpty, empty, children } = properties;
  if (resource.data === undefined) {
    return resource.problem
      ? <div class="state problem" role="alert"><p>{what} could not be read: {resource.problem.message}</p><button type="button" onClick={resource.reload}>Try again</button></div>
      : <div class="state" role="status" aria-live="polite"><span class="spinner" aria-hidden="true" />Reading {what.toLowerCase()} …</div>;
  }
  return (
    <>
      {resource.problem && <p class="stale" role="status">This is as it was: {resource.problem.message}</p>}
      {isEmpty?.(resource.data) ? <div class="state">{empty}</div> : children(resource.data)}
    </>
  );
}

/** A state's word with its colour; the word tells, not the colour alone. */
export const State = ({ of: state }: { of: string }): JSX.Element => <span class={`badge is-${state.toLowerCase()}`}>{state.toLowerCase()}</span>;

/** A bar of what is done, with the words beside it. */
export function Progress({ done, all, label }: { done: number; all: number | null; label: string }): JSX.Element {
  const share = all ? Math.min(1, done / all) : 0;
  return <span class="progress" role="img" aria-label={label} title={label}><span class="bar" style={{ width: `${100 * share}%` }} /></span>;
}
