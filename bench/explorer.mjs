// What the explorer's page takes in a headless browser without a GPU: usage: explorer.mjs SONGMAP RUN CHROMIUM PLAYWRIGHT
// Prints rows of a Markdown table.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';

const [songmap, run, executablePath, playwright] = process.argv.slice(2);
const { chromium } = await import(playwright);
const server = spawn(songmap, ['explore', run, '-q'], { stdio: ['ignore', 'pipe', 'inherit'] });
const url = await new Promise((resolve) => server.stdout.once('data', (text) => resolve(String(text).trim())));
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
});
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const row = (name, target, value) => console.log(`| ${name} | ${target} | ${value} |`);
try {
  const first = [];
  const hover = [];
  let bytes = 0;
  let tracks = 0;
  for (let i = 0; i < 5; ++i) {
    const page = await browser.newPage({ viewport: { width: 1360, height: 800 } });
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    let received = 0;
    session.on('Network.loadingFinished', (event) => (received += event.encodedDataLength));
    const start = performance.now();
    await page.goto(url);
    await page.waitForFunction(() => Number(document.getElementById('map').dataset.frames) >= 1, null, { polling: 'raf' });
    first.push(performance.now() - start);
    await page.waitForSelector('body[data-ready=true]');
    await page.waitForTimeout(1500);
    bytes = received;
    tracks = Number(await page.locator('#list li').first().getAttribute('aria-setsize'));
    hover.push(await page.evaluate(() => {
      const canvas = document.getElementById('map');
      const box = canvas.getBoundingClientRect();
      const begin = performance.now();
      for (let i = 0; i < 50; ++i) {
        canvas.dispatchEvent(new PointerEvent('pointermove', { clientX: box.left + 40 + 15 * i, clientY: box.top + 300, bubbles: true }));
      }
      return (performance.now() - begin) / 50;
    }));
    await page.close();
  }
  const status = await readFile(`/proc/${server.pid}/status`, 'utf8');
  console.log(`| the explorer of ${tracks} tracks, headless Chromium, software rendering, median of 5 | target | |\n|---|---|---|`);
  row('from the address to the first frame', '< 1.5 s', `${(median(first) / 1000).toFixed(2)} s`);
  row('script of one hover', '< 16 ms', `${median(hover).toFixed(1)} ms`);
  row('what travels, compressed, page and font included', '< 4 MB', `${(bytes / 1e6).toFixed(1)} MB`);
  row('peak memory of the server, the library included', '', `${Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)[1]) / 1024)} MB`);
} finally {
  await browser.close();
  server.kill('SIGINT');
}
