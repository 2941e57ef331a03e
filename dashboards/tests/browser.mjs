// What the scripts of this directory share: a real Chromium, pages whose complaints are kept, and what can be asked of a chart.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

/** Where the head listens, and what the test says of its home. */
export const [url, facts] = [process.argv[2], JSON.parse(process.argv[3] ?? '{}')];

/** Longer than any view takes, however busy the machine is: a wait ends when what it waits for is there. */
export const limit = 60_000;

/** Runs with a browser that is closed at the end; a complaint of a page that was opened fails the script. */
export async function withBrowser(use) {
  const browser = await chromium.launch({ executablePath: executable('chromium'), args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  try {
    await use(browser);
  } finally {
    await browser.close();
  }
}

function executable(name) {
  return process.env.PATH.split(':').filter(Boolean).map((directory) => `${directory}/${name}`).find((path) => existsSync(path)) ?? name;
}

/** A page on light colours, and what it has complained of: errors and warnings of its console, its exceptions, its requests to other hosts, and answers that were none. */
export async function open(browser, { width = 1280, height = 900, ...more } = {}) {
  const context = await browser.newContext({ colorScheme: 'light', viewport: { width, height }, ...more });
  const page = await context.newPage();
  page.setDefaultTimeout(limit);
  const complaints = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(`${message.type()}: ${message.text()} (${page.url()})`));
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message} (${page.url()})`));
  page.on('request', (request) => /^(data|blob):/.test(request.url()) || new URL(request.url()).origin === url || complaints.push(`foreign request: ${request.url()}`));
  page.on('response', (response) => response.status() >= 400 && complaints.push(`${response.status()} of ${response.url()}: ${page.url()}`));
  return { page, complaints };
}

/** Goes to a view and waits until nothing of it is being read any more. */
export async function visit(page, path) {
  await page.goto(url + path);
  await settled(page);
}

/** Waits until the view is there and nothing is being read. */
export async function settled(page) {
  await page.locator('main h1, main h2, main .state').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('main .spinner') && document.querySelector('.link.is-live'));
}

/** Waits until each chart of the page has drawn data: pixels of a strong colour, which axes and words have not. */
export async function drawn(page, charts) {
  await page.waitForFunction((wanted) => {
    const found = [...document.querySelectorAll('.chart .canvas')];
    return found.length === wanted && found.every((box) => [...box.querySelectorAll('canvas')].some((canvas) => {
      // Read from a copy: the chart's own canvas would become slower by it.
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
      let strong = 0;
      for (let at = 0; at < data.length; at += 4)
        if (data[at + 3] > 60 && Math.max(data[at], data[at + 1], data[at + 2]) - Math.min(data[at], data[at + 1], data[at + 2]) > 50 && ++strong > 30) return true;
      return false;
    }));
  }, charts).catch(async (error) => {
    throw new Error(`${page.url()}: ${charts} charts with data were expected; there are ${await page.locator('.chart .canvas canvas').count()} canvases. ${error.message}`);
  });
}

/** The text of the page as a reader sees it. */
export const textOf = (page) => page.locator('body').innerText();

/** Asserts that the page says each text. */
export async function says(page, ...texts) {
  for (const text of texts) {
    const isThere = text instanceof RegExp ? (seen) => text.test(seen) : (seen) => seen.includes(text);
    const seen = await textOf(page);
    if (isThere(seen)) continue;
    assert.fail(`${page.url()} does not say ${text}:\n${seen}`);
  }
}

/** Keeps a picture of the whole page where SWEEPS_PICTURES names a directory for them. */
export async function picture(page, name) {
  if (!process.env.SWEEPS_PICTURES) return;
  await page.screenshot({ path: `${process.env.SWEEPS_PICTURES}/${name.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'sweeps'}.png`, fullPage: true });
}

/** Looks at the page in light, then in dark: the system's choice, which it follows while it is open. */
export async function inBothThemes(page, look) {
  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme });
    await page.waitForFunction((wanted) => document.documentElement.dataset['theme'] === wanted, theme);
    await look(theme);
  }
}

/** Asserts that no page has complained. */
export const quiet = (complaints) => assert.deepEqual(complaints, [], 'The page complained.');

/** Every view of the home that the tests prepare: its path, words of its data, its number of charts. */
export const views = ({ measured, trained, trainedRun, job }) => [
  ['/', 0, 'learning-rates', 'trained', 'completed', 'Does untying the head half way', '48/48'],
  [`/sweeps/${measured}/curves`, 1, 'learning-rates', '12 configurations.', 'Bands are 95% intervals', '48 of 48 runs'],
  [`/sweeps/${measured}/curves?by=run&x=tokens&smooth=0.6&logy=1`, 1, '48 runs.', '0.60'],
  [`/sweeps/${measured}/efficiency`, 3, 'Target val_loss 2.2', 'Against the target', 'Loss and time', 'learning_rate=0.001 width=256'],
  [`/sweeps/${measured}/parameters`, 4, 'All parameters', 'Importance', 'Two parameters', 'learned from 12 configurations'],
  [`/sweeps/${trained}/stages`, 1, 'of them shared', '% saved.', 'Runs that share it'],
  [`/sweeps/${measured}/table`, 0, '12 configurations', 'baseline', '4 of 4', 'better'],
  [`/sweeps/${measured}/table?rows=runs`, 0, 'Least', 'learning_rate=0.003 width=256'],
  [`/sweeps/${measured}/table?rows=groups&group=width`, 0, 'Best mean', '256'],
  [`/sweeps/${measured}/verdict`, 0, 'Evidence', 'paired', 'learning_rate=0.001 width=256'],
  [`/runs/${trainedRun}`, 0, 'Run', 'val_loss', 'Attempts', 'Checkpoints', 'Stage', 'step', 'Sample 2 at step 20'],
  ['/machines', 0, 'alive', '2 slots busy', 'idle'],
  ['/nightly', 0, job, '2026-03-10', 'regression', 'Europe/Paris'],
  [`/nightly/${job}`, 1, 'Run now', '10 nights', 'regression', 'Night of 2026-03-10', 'heads=2'],
  [`/compare?items=${measured}:0,${measured}:11,${trained}`, 1, 'learning-rates: ', 'trained: ', '6 configurations', 'Welch', 'p, corrected', 'Corrected p-values are for 15 comparisons', 'after Holm'],
];

const questions = createInterface({ input: process.stdin });
const answers = questions[Symbol.asyncIterator]();

/** Asks the test to do something with the head or its machine, and waits until that is done. */
export async function ask(words) {
  process.stdout.write(`ask ${words}\n`);
  return (await answers.next()).value;
}

/** Runs a script to its end. */
export function script(run) {
  withBrowser(run).then(() => process.exit(0), (error) => {
    console.error(error.stack ?? error);
    process.exit(1);
  });
}
