// On a phone no page scrolls sideways; what is wider scrolls in its own box.
import assert from 'node:assert/strict';
import { facts, open, picture, quiet, script, views, visit } from './browser.mjs';

script(async (browser) => {
  const { page, complaints } = await open(browser, { width: 390, height: 844, isMobile: true, hasTouch: true, deviceScaleFactor: 2 });
  const wide = [];
  for (const [path] of [...views(facts), [`/sweeps/${facts.hostile}/curves`], [`/runs/${facts.failedRun}`]]) {
    await visit(page, path);
    await picture(page, `phone ${path}`);
    const found = await page.evaluate(() => {
      const most = document.documentElement.clientWidth;
      const isOver = (element) => element.getBoundingClientRect().right > most + 1 && !element.closest('.scroll, pre, .canvas');
      const over = [...document.querySelectorAll('main *, header *')].filter(isOver).map((element) => `${element.tagName}.${element.className} to ${Math.round(element.getBoundingClientRect().right)}`);
      return { width: document.documentElement.scrollWidth, window: window.innerWidth, most, over: over.slice(0, 5) };
    });
    if (found.width > found.most || found.window > 390) wide.push(`${path}: ${JSON.stringify(found)}`);
  }
  assert.equal(wide.length, 0, wide.join('\n'));
  quiet(complaints);
});
