import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import { createInterface } from 'node:readline'
import type { AddressInfo } from 'node:net'

export interface Process {
  readonly child: ChildProcess
  /** Everything it printed on stderr, for the message of a failing test. */
  readonly errors: () => string
  kill(signal: NodeJS.Signals): Promise<void>
}

/** Starts `node ARGS`; every line of stdout goes to `onLine`. */
export const startNode = (args: readonly string[], onLine: (line: string) => void): Process => {
  const child = spawn(process.execPath, [...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4000)))
  createInterface({ input: child.stdout }).on('line', onLine)
  return {
    child,
    errors: () => errors,
    kill: async signal => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill(signal)
      await once(child, 'exit')
    }
  }
}

/** Runs `node ARGS` to its end. */
export const runNode = async (
  args: readonly string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> => {
  const lines: string[] = []
  const running = startNode(args, line => lines.push(line))
  const [code] = (await once(running.child, 'close')) as [number | null]
  return { code, stdout: lines.join('\n'), stderr: running.errors() }
}

/** A port that was free a moment ago. */
export const freePort = async (): Promise<number> => {
  const server = net.createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}
