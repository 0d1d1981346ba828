import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { noBrowser, openChromium } from './support/chromium.ts';
import { openGateway } from './support/gateway.ts';
import { openGraph } from './support/graph.ts';
import { checkPage } from './support/library-page.ts';
import { plainJpeg } from './support/pictures.ts';
import { type SharedStack, openSharedStack } from './support/shared-stack.ts';
import {
  CLIENT_ID,
  RESOURCE,
  type SignInProvider,
  openSignInProvider,
} from './support/sign-in-provider.ts';

/** The library of a gateway in which everybody has to sign in, at a real OpenID provider. */
const STORE = 'library-sign-in';
const accounts = {
  ada: { store: STORE, scope: 'media:read media:write media:delete media:admin' },
  reader: { store: STORE, scope: 'media:read' },
  writer: { store: STORE, scope: 'media:write' },
};

const resources = new AsyncDisposableStack();
let browser: Browser;
let stack: SharedStack;
let provider: SignInProvider;
let gatewayUrl: string;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  if (noBrowser) return;
  stack = await openSharedStack();
  const graph = await openGraph(stack, STORE);
  await graph.upload(await plainJpeg(40), { filename: 'first.jpg' });
  await graph.upload(await plainJpeg(50), { filename: 'second.jpg' });
  provider = await openSignInProvider({ accounts });
  resources.defer(() => provider.close());
  gatewayUrl = await open({});
  browser = await openChromium();
  resources.defer(() => browser.close());
});
afterAll(() => resources.disposeAsync());

beforeEach(async ({ skip }) => {
  if (noBrowser) skip(noBrowser);
  provider.serveLibrary(gatewayUrl);
  provider.behaviour.issuesRefreshTokens = false;
  provider.requests.length = 0;
  context = await browser.newContext({
    viewport: { width: 1_400, height: 900 },
    locale: 'en-GB',
  });
  page = await context.newPage();
});
afterEach(async () => {
  if (!noBrowser) await context.close();
});

async function open(env: Record<string, string>): Promise<string> {
  const gateway = await openGateway(stack, {
    env: {
      AUTH_JWKS_URL: provider.jwksUrl,
      AUTH_ISSUER: provider.issuer,
      AUTH_AUDIENCE: RESOURCE,
      LIBRARY_OIDC_ISSUER: provider.issuer,
      LIBRARY_OIDC_CLIENT_ID: CLIENT_ID,
      LIBRARY_OIDC_RESOURCE: RESOURCE,
      PUBLIC_MEDIA_URL: stack.urls['cms'] ?? '',
      ...env,
    },
  });
  resources.defer(() => gateway.close());
  return gateway.url;
}

const visit = (path: string) => page.goto(`${gatewayUrl}/library${path}`);

async function logIn(name: string, window = page) {
  await window.getByLabel('Name').fill(name);
  await window.getByRole('button', { name: 'Log in' }).click();
}

/** The page's clock goes an hour ahead. */
const letTokenExpire = () =>
  page.evaluate(() => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + 3_600_000;
  });

/** Also below the dialog for signing in, which other requests of the page may have opened. */
const showAllFiles = () =>
  page.getByRole('link', { name: 'Show all files' }).dispatchEvent('click');

const shown = (window: Pick<Page, 'getByText'> = page) => window.getByText('first.jpg').waitFor();

test('a visitor signs in at the provider and comes back to the same URL', async () => {
  await visit('/nowhere?view=list#end');
  await logIn('ada');
  await page.getByText('There is nothing at this URL.').waitFor();
  expect(page.url()).toBe(`${gatewayUrl}/library/nowhere?view=list#end`);
  await showAllFiles();
  await shown();
});

test('tokens are not stored: a reload signs in again, without a question', async () => {
  await visit('/');
  await logIn('ada');
  await shown();
  const stored = await page.evaluate(() =>
    JSON.stringify([{ ...sessionStorage }, { ...localStorage }]),
  );
  expect(stored).not.toMatch(/oidc|eyJ|token/);
  await page.reload();
  await shown();
  expect(provider.requests.filter((request) => request.startsWith('POST /log-in'))).toHaveLength(1);
});

test('the back button does not lead to the provider', async () => {
  await page.goto(`${gatewayUrl}/graphiql/`);
  await visit('/');
  await logIn('ada');
  await shown();
  await page.goBack();
  await page.waitForURL((url) => !url.pathname.startsWith('/library/signed-in'));
});

test('an account without media:read sees what it lacks, and can sign out', async () => {
  await visit('/');
  await logIn('writer');
  await page.getByText('Ask your administrator for the right media:read').waitFor();
  await checkPage(page);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Yes, sign me out' }).click();
  await page.getByText('You are signed out.').waitFor();
});

test('signing out lasts, at the provider too', async () => {
  await visit('/');
  await logIn('ada');
  await shown();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Yes, sign me out' }).click();
  await page.getByText('You are signed out.').waitFor();
  await checkPage(page);
  await page.reload();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await logIn('reader');
  await shown();
});

test('a token with a refresh token is renewed without a question', async () => {
  provider.behaviour.issuesRefreshTokens = true;
  await visit('/nowhere');
  await logIn('ada');
  await page.getByText('There is nothing at this URL.').waitFor();
  await letTokenExpire();
  await showAllFiles();
  await shown();
  expect(provider.requests.filter((request) => request === 'POST /token')).toHaveLength(2);
});

test('a session that ended goes on after signing in in a pop-up, on the same page', async () => {
  await visit('/nowhere');
  await logIn('ada');
  await page.getByText('There is nothing at this URL.').waitFor();
  await letTokenExpire();
  await showAllFiles();

  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await dialog.waitFor();
  await checkPage(page);
  await signInAgain();
  await shown();
  await dialog.waitFor({ state: 'detached' });
});

test('what was typed when the session ended is still there, and is searched', async () => {
  await visit('/');
  await logIn('ada');
  await shown();
  await letTokenExpire();
  await page.getByRole('searchbox', { name: 'Search files' }).fill('second');
  await signInAgain();
  await page.getByText('second.jpg').waitFor();
  await page.getByText('first.jpg').waitFor({ state: 'detached' });
  expect(await page.getByRole('searchbox').inputValue()).toBe('second');
});

test('an account without media:write is offered no changes', async () => {
  await visit('/');
  await logIn('reader');
  await shown();
  expect(await page.getByRole('button', { name: 'New folder' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Yes, sign me out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await logIn('ada');
  await page.getByRole('button', { name: 'New folder' }).waitFor();
});

test('a request that the server rejects is sent again after signing in', async () => {
  await visit('/nowhere');
  await logIn('ada');
  await page.getByText('There is nothing at this URL.').waitFor();
  await page.route('**/graphql', (route) => route.fulfill({ status: 401, json: {} }), { times: 1 });
  await showAllFiles();
  await signInAgain();
  await shown();
});

test('a window that was closed can be opened again', async () => {
  await visit('/nowhere');
  await logIn('ada');
  await page.getByText('There is nothing at this URL.').waitFor();
  await letTokenExpire();
  await context.clearCookies();
  await showAllFiles();
  const [first] = await Promise.all([
    context.waitForEvent('page'),
    page.getByRole('button', { name: 'Sign in' }).click(),
  ]);
  await first.getByLabel('Name').waitFor();
  await first.close();
  const [second] = await Promise.all([
    context.waitForEvent('page'),
    page.getByRole('button', { name: 'Open the sign-in again' }).click(),
  ]);
  await logIn('ada', second);
  await shown();
});

test('requests of one user never go on as another one', async () => {
  await visit('/nowhere');
  await logIn('ada');
  await page.getByText('There is nothing at this URL.').waitFor();
  await letTokenExpire();
  await context.clearCookies();
  await showAllFiles();
  const [popup] = await Promise.all([
    context.waitForEvent('page'),
    page.getByRole('button', { name: 'Sign in' }).click(),
  ]);
  await logIn('reader', popup);
  await page.getByText('This is another user').waitFor();
  expect(await page.getByText('first.jpg').count()).toBe(0);
});

test('a provider that is down is reported, and works once it is back', async () => {
  provider.fail();
  await visit('/');
  await page.getByText('You are not signed in').waitFor();
  await checkPage(page);
  provider.serveLibrary(gatewayUrl);
  await page.getByRole('button', { name: 'Try again' }).click();
  await logIn('ada');
  await shown();
});

test('a refusal of the provider is shown, with its reason', async () => {
  await visit('/');
  await logIn('stranger');
  await page.getByText('The service for signing in refused.').waitFor();
  await page.getByText('access_denied').waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await logIn('ada');
  await shown();
});

test.each([
  ['a state that this window did not send', 'code=stolen&state=forged'],
  ['no state', 'code=stolen'],
  ['an error with a forged state', 'error=access_denied&error_description=Call+us&state=forged'],
])('an answer with %s is refused', async (_what, query) => {
  await visit(`/signed-in?${query}`);
  await page.getByText('You are not signed in').waitFor();
  expect(provider.requests).not.toContain('POST /token');
  expect(await page.getByText('Call us').count()).toBe(0);
  expect(page.url()).toBe(`${gatewayUrl}/library/`);
});

test('an identity token of another sign-in is refused', async () => {
  await page.route('**/token', async (route) => {
    const response = await route.fetch();
    const tokens = (await response.json()) as { id_token: string };
    const [header, payload = '', signature] = tokens.id_token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const changed = Buffer.from(JSON.stringify({ ...claims, nonce: 'other' })).toString(
      'base64url',
    );
    await route.fulfill({
      response,
      json: { ...tokens, id_token: [header, changed, signature].join('.') },
    });
  });
  await visit('/');
  await logIn('ada');
  await page.getByText('The sign-in did not work.').waitFor();
  await page.getByText('nonce').waitFor();
});

test('a token that the gateway does not accept is explained', async () => {
  const other = await open({ AUTH_AUDIENCE: 'https://other.example' });
  provider.serveLibrary(other);
  await page.goto(`${other}/library/`);
  await logIn('ada');
  await page.getByText('AUTH_AUDIENCE').waitFor();
});

test('a gateway that needs tokens but has no provider says what to configure', async () => {
  const other = await open({ LIBRARY_OIDC_ISSUER: '', LIBRARY_OIDC_CLIENT_ID: '' });
  await page.goto(`${other}/library/`);
  await page.getByText('LIBRARY_OIDC_ISSUER').waitFor();
  await checkPage(page);
});

test('in a frame of another site, without storage, the user signs in in a pop-up', async () => {
  const admin = await openAdmin(`${gatewayUrl}/library/picker`);
  await page.goto(admin);
  const frame = page.frameLocator('iframe');
  const [popup] = await Promise.all([
    context.waitForEvent('page'),
    frame.getByRole('button', { name: 'Sign in' }).click(),
  ]);
  await logIn('ada', popup);
  await frame.getByRole('heading', { name: 'The program does not answer' }).waitFor();
});

/** The provider still has its session, so its window needs no answer. */
async function signInAgain() {
  const [popup] = await Promise.all([
    context.waitForEvent('page'),
    page.getByRole('button', { name: 'Sign in' }).click(),
  ]);
  if (!popup.isClosed()) await popup.waitForEvent('close');
}

/** A page of another site with a frame. */
async function openAdmin(src: string): Promise<string> {
  const server = createServer((_request, response) =>
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(`<!doctype html><iframe width="900" height="600" src="${src}"></iframe>`),
  ).listen(0, 'localhost');
  await once(server, 'listening');
  resources.defer(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return `http://localhost:${address.port}/`;
}
