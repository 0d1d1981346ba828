import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { projectRoot } from '@federated-media/stack/project';
import { z } from 'zod';

const PROGRAMS = ['buildah', 'mmdebstrap', 'unshare', 'nsenter', 'npm'];
const IMAGE = 'localhost/federated-media';
const BASE = 'localhost/node-of-npm';
const TIME_LIMIT_MS = 900_000;

/** Why tests with the image are skipped here; null if they run. */
export const noImages = reason();

function reason(): string | null {
  if (process.getuid?.() !== 0) return 'only root can build and mount an image here';
  const missing = PROGRAMS.filter(
    (name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0,
  );
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  const { status, stderr } = spawnSync('unshare', ['--mount', 'true'], { encoding: 'utf8' });
  return status === 0 ? null : `no new mount namespace: ${stderr.trim()}`;
}

/** What npm, apt and mmdebstrap print if they cannot reach their registry. */
const UNREACHABLE =
  /SELF_SIGNED_CERT|UNABLE_TO_\w+|E(?:NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|TIMEDOUT)|Temporary failure resolving|Could not connect/;

/** Why the packages of the image cannot be fetched; null if the build failed for another reason. */
export function unreachableIn(error: unknown): string | null {
  const [problem] = UNREACHABLE.exec(String(error)) ?? [];
  return problem === undefined ? null : `the build reaches no registry of packages: ${problem}`;
}

const Config = z.object({
  config: z.object({
    User: z.string(),
    Env: z.array(z.string()),
    Entrypoint: z.array(z.string()),
    WorkingDir: z.string(),
    Healthcheck: z.object({ Test: z.array(z.string()) }),
  }),
});
const Inspected = z.object({ Docker: Config });

/**
 * Builds the image of deploy/Dockerfile in `folder`. TEST_NODE_IMAGE names its base image; without it the base image
 * consists of packages of Debian, Node from npm and this machine's npm, so that no registry of images is needed.
 */
export async function buildImage(folder: string) {
  const run = promisify(execFile);
  const storage = ['--root', join(folder, 'storage'), '--runroot', join(folder, 'run')];
  const options = { cwd: projectRoot, timeout: TIME_LIMIT_MS, maxBuffer: 64 * 2 ** 20 };
  const buildah = async (...args: string[]) =>
    (await run('buildah', [...storage, ...args], options)).stdout.trim();

  const base = process.env['TEST_NODE_IMAGE'] ?? (await assembleBase());
  const flags = [
    '--isolation',
    'chroot',
    '--format',
    'docker',
    '--build-arg',
    `NODE_IMAGE=${base}`,
  ];
  const ignored = ['--ignorefile', 'deploy/Dockerfile.dockerignore'];
  await buildah('build', ...flags, ...ignored, '-f', 'deploy/Dockerfile', '-t', IMAGE, '.');
  const inspected: unknown = JSON.parse(await buildah('inspect', '--type', 'image', IMAGE));
  const { config } = Inspected.parse(inspected).Docker;
  const container = await buildah('from', IMAGE);
  const root = await buildah('mount', container);

  async function assembleBase(): Promise<string> {
    const archive = join(folder, 'debian.tar');
    const packages = ['--variant=minbase', '--include=ca-certificates'];
    await run('mmdebstrap', [...packages, 'bookworm', archive], options);
    const from = await buildah('from', 'scratch');
    await buildah('add', from, archive, '/');
    // `bin/npm-cli.js` in the package.
    const { stdout } = await run('sh', ['-c', 'command -v npm'], options);
    const npm = join(await realpath(stdout.trim()), '../..');
    await buildah('copy', from, await realpath(process.execPath), '/usr/local/bin/node');
    await buildah('copy', from, npm, '/usr/local/lib/node_modules/npm');
    for (const name of ['npm', 'npx']) {
      const link = [
        'ln',
        '-s',
        `../lib/node_modules/npm/bin/${name}-cli.js`,
        `/usr/local/bin/${name}`,
      ];
      await buildah('run', '--isolation', 'chroot', from, '--', ...link);
    }
    // A certificate authority of this machine.
    const certificates = process.env['NODE_EXTRA_CA_CERTS'];
    if (certificates) {
      await buildah('copy', from, certificates, certificates);
      await buildah('config', '--env', `NODE_EXTRA_CA_CERTS=${certificates}`, from);
    }
    await buildah('commit', '--rm', from, BASE);
    return BASE;
  }

  /**
   * Starts a container of the image with its user, variables and entry point, on the network of this machine. The root
   * file system is read-only, and /data and /tmp are empty and writable.
   */
  function start(command: readonly string[], env: Record<string, string>) {
    const [uid = '', gid = uid] = config.User.split(':');
    const words = [...config.Entrypoint, ...command];
    const variables = [...config.Env, ...Object.entries(env).map((pair) => pair.join('='))];
    const child = spawn(
      'unshare',
      [
        '--mount',
        '--pid',
        '--fork',
        '--kill-child',
        'sh',
        '-ec',
        ENTER,
        'sh',
        root,
        `${uid}:${gid}`,
      ].concat(config.WorkingDir, variables, words),
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const lines: string[] = [];
    for (const output of [child.stdout, child.stderr]) {
      createInterface({ input: output }).on('line', (line) => lines.push(line));
    }
    const ended = once(child, 'exit');
    return {
      lines,
      ended,
      /** Runs a program in the container, as `docker exec` does. Resolves to its exit code. */
      exec: (program: readonly string[]) => exec(child, program, env),
      /** Runs the health check of the image. */
      checkHealth: () => exec(child, config.Healthcheck.Test.slice(1), env),
      async stop() {
        const [pid] = await pidsBelow(child);
        if (pid !== undefined) process.kill(pid, 'SIGTERM');
        await ended;
      },
    };
  }

  /** In the namespaces of the first process, as the user of the image. */
  async function exec(
    child: ChildProcess,
    program: readonly string[],
    env: Record<string, string>,
  ) {
    const [pid] = await pidsBelow(child);
    const [uid, gid] = config.User.split(':');
    const variables = [...config.Env, ...Object.entries(env).map((pair) => pair.join('='))];
    const chroot = ['chroot', `--userspec=${uid}:${gid}`, root];
    const started = spawn(
      'nsenter',
      [
        '--target',
        String(pid),
        '--mount',
        '--pid',
        ...chroot,
        'env',
        `--chdir=${config.WorkingDir}`,
        '-i',
      ].concat(variables, program),
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const [code] = await once(started, 'exit');
    return Number(code);
  }

  return {
    config,
    start,
    /** Of all files, in MB. */
    async megabytes(): Promise<number> {
      const { stdout } = await run('du', ['--summarize', '--block-size=1M', root], options);
      return Number.parseInt(stdout, 10);
    },
    async remove() {
      await buildah('umount', container);
      await buildah('rm', '--all');
      await buildah('rmi', '--all', '--force');
    },
  };
}
export type Image = Awaited<ReturnType<typeof buildImage>>;

/** Arguments: the root, the user and group, the folder, then variables and the program. */
const ENTER = `
root="$1"; user="$2"; folder="$3"; shift 3
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o uid=\${user%:*},gid=\${user#*:} tmpfs "$root/data"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
exec chroot --userspec="$user" "$root" env --chdir="$folder" -i "$@"
`;

/** The processes whose parent is `child`. */
async function pidsBelow({ pid }: ChildProcess): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=', '--ppid', String(pid)]);
  return stdout.split('\n').flatMap((line) => (line.trim() ? [Number(line)] : []));
}
