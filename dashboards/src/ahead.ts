import { readAhead } from './api/client';
import { curveRequest } from './curveRequest';
import { place } from './router';

/** The newest sweeps, more than a screen has; they are shown while the others are on their way. */
export const newestSweeps = { query: { offset: 0, limit: 100 } };

/** Begins to read what the view of the page's address shows first, while its code and that of the charts are on their way. */
export function beginToRead(): void {
  const [first, second, third = 'curves'] = place.value.pathname.split('/').filter(Boolean);
  const id = Number(second);
  if (first === undefined || (first === 'sweeps' && second === undefined)) readAhead('/api/sweeps', newestSweeps);
  if (first !== 'sweeps' || !Number.isInteger(id)) return;
  readAhead('/api/sweeps/{id}', { path: { id } });
  readAhead('/api/sweeps/{id}/verdict', { path: { id } });
  if (third === 'curves') readAhead('/api/sweeps/{id}/curves', curveRequest(id));
}
