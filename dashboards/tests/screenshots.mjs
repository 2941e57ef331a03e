// The pictures of docs/, in light colours, from a home in which the quick start, the search and the own program of experiments/ were trained: see eng/screenshots.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { drawn, facts, open, quiet, script, url, visit } from './browser.mjs';

/** The pages of a repository are loaded often. */
const mostBytes = 120_000;

script(async (browser) => {
  const sweeps = (await (await fetch(`${url}/api/sweeps`)).json()).items;
  const idOf = (name) => sweeps.find((sweep) => sweep.name === name)?.id ?? assert.fail(`${url} has no sweep ${name}`);
  const { page, complaints } = await open(browser);
  for (const [name, path, charts, height] of [
    ['sweeps', '/', 0, 350], ['curves', `/sweeps/${idOf('quickstart')}/curves?x=tokens`, 1, 825], ['verdict', `/sweeps/${idOf('own-program')}/verdict`, 0, 434],
  ]) {
    await page.setViewportSize({ width: 1280, height });
    await visit(page, path);
    if (charts > 0) await drawn(page, charts);
    const file = `${facts.directory}/dashboard-${name}.png`;
    await page.screenshot({ path: file });
    const { size } = statSync(file);
    assert.ok(size < mostBytes, `${file} has ${size} bytes`);
    console.log(`${file}: ${Math.round(size / 1000)} kB`);
  }
  quiet(complaints);
});
