/** `PROCESSES=many pnpm bench page` measures a process for each module. */
export const processes = process.env['PROCESSES'] === 'many' ? 'many' : 'one';
