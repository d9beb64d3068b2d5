// What a person does on the explorer's page, in a real browser. usage: explorer.mjs URL CHROMIUM PLAYWRIGHT [flat]
// With `flat`, in a browser without WebGL.
// Prints what is wrong and ends with 1, or prints nothing.
const [url, executablePath, playwright, mode] = process.argv.slice(2);
const flat = mode === 'flat';
const { chromium } = await import(playwright);

const faults = [];
const check = (what, holds) => {
  if (!holds) faults.push(what);
};
const browser = await chromium.launch({
  executablePath,
  args: [
    '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader',
    '--autoplay-policy=no-user-gesture-required', ...(flat ? ['--disable-3d-apis'] : []),
  ],
});
try {
  const page = await browser.newPage({ viewport: { width: 1200, height: 700 } });
  page.setDefaultTimeout(20000);
  page.on('pageerror', (error) => faults.push(`the page failed: ${error.message}`));
  page.on('request', (request) => check(`${request.url()} leaves the machine`, request.url().startsWith(url) || request.url().startsWith('blob:')));
  await page.goto(url);
  await page.waitForSelector('body[data-ready=true]');

  const fonts = await page.evaluate(async () => (await document.fonts.load("14px 'Noto Sans Bengali'", 'নদী')).length);
  check('Bengali letters have no font of the page', fonts > 0);

  const groups = await page.locator('#groups .show').count();
  check(`there are ${groups} groups`, groups === 3);
  check('the list is not of all tracks', (await page.locator('#list li').first().getAttribute('aria-setsize')) === '24');
  await page.waitForFunction(() => Number(document.getElementById('map').dataset.frames) >= 1);

  // Somewhere on the map there is a track that says its name.
  const box = await page.locator('#map').boundingBox();
  let place = null;
  for (let y = 10; place === null && y < box.height; y += 12) {
    for (let x = 10; place === null && x < box.width; x += 12) {
      await page.mouse.move(box.x + x, box.y + y);
      if ((await page.locator('#hover').textContent()).includes('chord')) place = [box.x + x, box.y + y];
    }
  }
  check('no track says its name', place !== null);
  if (place !== null) await page.mouse.click(...place);
  await page.waitForFunction(() => document.getElementById('audio').currentTime > 0.1);
  check('nothing says what is playing', (await page.locator('#playing').textContent()).includes('chord'));
  const first = await page.locator('#playing').textContent();
  await page.keyboard.press('n');
  await page.waitForFunction((before) => document.getElementById('playing').textContent !== before, first);

  await page.waitForFunction(() => document.querySelectorAll('#reasons li').length >= 2);

  await page.fill('#search', 'chord 17');
  check('the search finds another number', (await page.locator('#list li').first().getAttribute('aria-setsize')) === '1');
  await page.press('#search', 'Enter');
  await page.waitForFunction(() => document.getElementById('playing').textContent.includes('chord 17'));
  await page.fill('#search', '');

  await page.locator('#groups .show').first().click();
  await page.waitForSelector('#reasons h2');
  check('a group gives no reasons', (await page.locator('#reasons li').count()) >= 2);
  const shown = Number(await page.locator('#list li').first().getAttribute('aria-setsize'));
  check('a group alone is not smaller than all', shown > 0 && shown < 24);
  await page.locator('#groups .show').first().click();

  check('hiding a group hides nothing', await (async () => {
    await page.locator('#groups .hide').first().click();
    const left = Number(await page.locator('#list li').first().getAttribute('aria-setsize'));
    await page.locator('#groups .hide').first().click();
    return left === 24 - shown;
  })());

  // Coloured and filtered by a number.
  const titles = await page.locator('#colour option').allTextContents();
  check(`one cannot colour by ${titles}`, titles.includes('dark to bright') && titles.includes('length in seconds'));
  await page.selectOption('#colour', { label: 'length in seconds' });
  await page.waitForSelector('#histogram rect');
  await page.locator('#histogram input').first().fill('50');
  const longer = Number(await page.locator('#list li').first().getAttribute('aria-setsize'));
  check(`${longer} of 24 tracks are in the longer half of all lengths`, longer > 6 && longer < 18);
  await page.selectOption('#colour', '');
  check('the filter stays', (await page.locator('#list li').first().getAttribute('aria-setsize')) === '24');

  await page.click('#trust');
  await page.waitForSelector('#model[open] polyline');
  check('the scores have no rows', (await page.locator('#model table tr').count()) > 3);
  await page.keyboard.press('Escape');
  await page.waitForSelector('#model:not([open])', { state: 'attached' });

  // A lasso around the left half.
  await page.click('#draw');
  await page.mouse.move(box.x + 2, box.y + 2);
  await page.mouse.down();
  for (const [x, y] of [[0.5, 0.01], [0.5, 0.99], [0.01, 0.99]]) await page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 4 });
  await page.mouse.up();
  const caught = Number(await page.locator('#list li').first().getAttribute('aria-setsize'));
  check(`the lasso caught ${caught} of 24 tracks`, caught > 0 && caught < 24);
  await page.locator('#map').focus();
  await page.keyboard.press('Escape');
  check('Escape does not let go of the lasso', (await page.locator('#list li').first().getAttribute('aria-setsize')) === '24');

  // Taking away, and a link that restores the view.
  await page.locator('#groups .show').nth(1).click();
  const [list] = await Promise.all([page.waitForEvent('download'), page.click('#save-list')]);
  const text = await (await import('node:fs/promises')).readFile(await list.path(), 'utf8');
  check('the playlist is no M3U8', text.startsWith('#EXTM3U\n#PLAYLIST:group 1\n') && /\/music\/chord \d+\.wav\n$/.test(text));
  const [picture] = await Promise.all([page.waitForEvent('download'), page.click('#save-picture')]);
  check('the picture has no name', picture.suggestedFilename().endsWith('.png'));
  const left = page.url();
  check(`${left} does not tell of the group`, left.includes('group=1'));
  const again = await browser.newPage();
  await again.goto(left);
  await again.waitForSelector('body[data-ready=true]');
  check('the link does not restore the group', (await again.locator('#groups .show[aria-pressed=true]').getAttribute('data-group')) === '1');
  await again.close();
  await page.locator('#groups .show').nth(1).click();

  const solid = page.locator('#pictures button', { hasText: '3-D' });
  if (flat) {
    check('a browser without WebGL is offered three dimensions', (await solid.count()) === 0);
  } else {
    const frames = Number(await page.getAttribute('#map', 'data-frames'));
    await solid.first().click();
    await page.waitForFunction((before) => Number(document.getElementById('map').dataset.frames) > before + 2, frames);
  }
} finally {
  await browser.close();
}
for (const fault of faults) console.log(fault);
process.exit(faults.length === 0 ? 0 : 1);
