import { chosen } from './parts/fields';
import { choice } from './router';

/** What curves can be drawn against. */
export const axes = [['steps', 'Steps'], ['tokens', 'Tokens'], ['seconds', 'Seconds'], ['flops', 'FLOPs']] as const;
export const axisNames = { steps: 'Training steps', tokens: 'Training tokens', seconds: 'Training seconds', flops: 'Training FLOPs' } as const;
export const groupings = [['configuration', 'Configurations'], ['run', 'Runs']] as const;

/** About one point for two pixels; what a screen cannot show is not sent. */
const pointsOfMeans = 600;
const pointsOfRuns = 300;

/** The curves of a sweep that the page's address asks for; the metric is the sweep's own where it names none. */
export function curveRequest(id: number) {
  const by = chosen('by', groupings, 'configuration');
  const metric = choice('metric', '');
  return { path: { id }, query: { ...(metric ? { metric } : {}), x: chosen('x', axes, 'steps'), by, points: by === 'run' ? pointsOfRuns : pointsOfMeans } };
}
