import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { performance } from 'node:perf_hooks'
import { bandwidthPath, bandwidthUpgrade, serverHeader } from '../../contract/bandwidth.ts'
import { guardHeads, headLimits, type HeadLimits } from './heads.ts'
import { createTestServer, type TestServerDeps } from './test-server.ts'

export interface ListenOptions extends TestServerDeps {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  readonly heads?: HeadLimits
}

export interface ListeningTestServer {
  readonly host: string
  readonly port: number
  /** Ends all tests with a closing record and stops listening. */
  close(): Promise<void>
}

/** A test server on a port of its own. Rejects when it cannot listen. */
export const listenTestServer = async (options: ListenOptions): Promise<ListeningTestServer> => {
  const tests = createTestServer(options)
  // Only its own Upgrade is spoken here; a plain request learns which.
  const server = createServer({ keepAliveTimeout: 1_000, requestTimeout: 10_000 }, (request, response) => {
    const known = request.url?.split('?', 1)[0] === bandwidthPath
    response.writeHead(known ? 426 : 404, {
      'content-type': 'text/plain; charset=utf-8',
      connection: 'close',
      [serverHeader]: '1',
      ...(known ? { upgrade: bandwidthUpgrade } : {})
    })
    response.end(`campus-gauge testserver: GET ${bandwidthPath} with Upgrade: ${bandwidthUpgrade}\n`)
  })
  guardHeads(server, options.heads ?? headLimits, () => performance.now())
  server.on('upgrade', tests.upgrade)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: options.host, port: options.port, backlog: 1_024 }, resolve)
  })
  const { address, port } = server.address() as AddressInfo
  return {
    host: address,
    port,
    close: async () => {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      await tests.close()
      server.closeAllConnections()
      await closed
    }
  }
}
