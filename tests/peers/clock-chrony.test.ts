import { spawn, type ChildProcess } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import t, { type Test } from 'tap'
import { clock } from '../../agent/probes/clock/clock.ts'
import type { Reading } from '../../agent/probe.ts'
import { contextOf } from '../agent/probes/context.ts'

const chronyd = ['/usr/sbin/chronyd', '/usr/local/sbin/chronyd', '/usr/bin/chronyd'].find(file => existsSync(file))
const needsChrony = chronyd === undefined ? { skip: 'chronyd is not installed here' } : { skip: false as const }

const freePort = async (): Promise<number> => {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  return port
}

/** A real chronyd on loopback that says it has a source, and leaves the machine's clock alone (-x). */
const start = async (t: Test, more: string): Promise<number> => {
  const port = await freePort()
  const folder = t.testdir()
  const file = path.join(folder, 'chrony.conf')
  writeFileSync(
    file,
    `port ${port}\nbindaddress 127.0.0.1\nallow 127.0.0.1\ncmdport 0\npidfile ${folder}/chronyd.pid\n` +
      `driftfile ${folder}/drift\n${more}\n`
  )
  const asRoot = process.getuid?.() === 0 ? ['-u', 'root'] : ['-U']
  const child: ChildProcess = spawn(chronyd ?? '', ['-x', '-d', ...asRoot, '-f', file], { stdio: 'ignore' })
  t.teardown(async () => {
    if (child.exitCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  return port
}

/** The reading once the daemon is up: until then its port is closed. */
const reading = async (port: number): Promise<Reading | undefined> => {
  const prepared = clock.prepare({ servers: [`127.0.0.1:${port}`] })
  for (let i = 0; i < 100; i++) {
    try {
      return (await prepared(contextOf({ timeoutMs: 1_000 })))[0]
    } catch (cause) {
      if (!/ECONNREFUSED|no answer/.test(JSON.stringify(cause))) throw cause
      await new Promise(resolve => setTimeout(resolve, 30))
    }
  }
  return undefined
}

void t.test('a real chronyd tells the time of this machine', needsChrony, async t => {
  const found = await reading(await start(t, 'local stratum 8'))
  t.match(found, { outcome: 'ok', fields: { stratum: 8, servers_ok_n: 1 }, labels: { source: 'sntp' } })
  t.ok(Math.abs(found?.fields['offset_ms'] ?? NaN) < 50, `offset ${found?.fields['offset_ms'] ?? NaN} ms`)
})

void t.test('a real chronyd without a source is not believed', needsChrony, async t => {
  const found = await reading(await start(t, '')).catch((cause: unknown) => cause)
  t.match(found, { name: 'Unavailable', reason: 'no_time_source', labels: { servers_fault: /not synchronised/ } })
})
