import type { Browser, Page, Request } from 'playwright-core';

/** GraphiQL in a new window of the browser, driven as a user does. */
export async function openGraphiqlPage(browser: Browser, gatewayUrl: string) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const requests: Request[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  await page.goto(`${gatewayUrl}/graphiql`);
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();

  return {
    page,
    /** All requests of the page. */
    requests,
    /** The errors and warnings that the browser reports. */
    complaints,
    token: page.getByLabel('Token', { exact: true }),
    images: page.getByRole('list', { name: 'Images of the result' }),
    files: page.getByRole('region', { name: 'Files' }),
    async enterToken(token: string) {
      await page.getByLabel('Token', { exact: true }).fill(token);
      await page.getByLabel('Token', { exact: true }).press('Enter');
    },
    // The name of the open tab includes its close button.
    openTab: (name: string) => page.getByRole('tab', { name: new RegExp(`^${name}\\b`) }).click(),
    newTab: () => page.getByRole('button', { name: 'New tab' }).click(),
    /** Replaces the text in the editor of operations. */
    write: (query: string) => replaceText(page, { editor: '.graphiql-query-editor', text: query }),
    writeVariables: (variables: object) =>
      replaceText(page, {
        editor: '.graphiql-editor-tool .graphiql-editor:visible',
        text: JSON.stringify(variables),
      }),
    /** Runs the operation of the tab. Returns its request and result. */
    async run(): Promise<{ request: Request; result: unknown }> {
      const sent = page.waitForRequest(isOperation);
      await page.getByRole('button', { name: /Execute query/ }).click();
      const request = await sent;
      const response = await request.response();
      return { request, result: await response?.json() };
    },
    /** Waits until the result contains this text. */
    shows: (text: string) => page.locator('.graphiql-response', { hasText: text }).waitFor(),
    close: () => context.close(),
  };
}
export type GraphiqlPage = Awaited<ReturnType<typeof openGraphiqlPage>>;

const isOperation = (request: Request) =>
  request.url().endsWith('/graphql') && !request.postData()?.includes('IntrospectionQuery');

async function replaceText(page: Page, { editor, text }: { editor: string; text: string }) {
  await page.locator(editor).locator('.view-lines').click();
  await page.keyboard.press('ControlOrMeta+A');
  // The editor would close brackets at the ends of lines.
  await page.keyboard.insertText(text.replaceAll(/\s+/g, ' '));
}
