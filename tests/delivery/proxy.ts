import net from 'node:net'
import type { AddressInfo } from 'node:net'

/** What the network does to the next exchanges. */
export type Weather =
  | 'pass'
  /** The request reaches the collector, its answer never comes back. */
  | 'drop_answer'
  /** Somebody between answers 202 without a signature; the collector never sees the request. */
  | 'forge'

export interface Proxy {
  readonly port: number
  weather: Weather
  /** Called when an answer of the collector passes; the test kills somebody then. */
  onAnswer: () => void
  /** Called when bytes of a request pass. */
  onRequest: () => void
  readonly dropped: () => number
  readonly forged: () => number
  close(): Promise<void>
}

/** A TCP proxy on loopback that the test can make misbehave. It only drops and forges; it never alters. */
export const openProxy = async (target: () => number): Promise<Proxy> => {
  const sockets = new Set<net.Socket>()
  let dropped = 0
  let forged = 0
  const server = net.createServer(client => {
    const upstream = net.connect(target(), '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('close', () => sockets.delete(socket))
      socket.on('error', () => {
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', chunk => {
      if (proxy.weather === 'forge' && chunk.includes('POST /v1/batches')) {
        forged += 1
        client.end(forgedAnswer(chunk.toString('latin1')))
        upstream.destroy()
        return
      }
      upstream.write(chunk)
      proxy.onRequest()
    })
    upstream.on('data', chunk => {
      if (proxy.weather === 'drop_answer') {
        dropped += 1
        client.destroy()
        upstream.destroy()
        return
      }
      client.write(chunk)
      proxy.onAnswer()
    })
    client.on('end', () => upstream.end())
    upstream.on('end', () => client.end())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const proxy: Proxy = {
    port: (server.address() as AddressInfo).port,
    weather: 'pass',
    onAnswer: () => undefined,
    onRequest: () => undefined,
    dropped: () => dropped,
    forged: () => forged,
    close: () =>
      new Promise(resolve => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      })
  }
  return proxy
}

/** What an agent would like to hear, from somebody who has no key. */
const forgedAnswer = (request: string): string => {
  const seq = Number(/campus-gauge-seq: (\d+)/i.exec(request)?.[1] ?? 0)
  const body = JSON.stringify({
    high_water: seq,
    server_time: new Date().toISOString(),
    next_ms: 50,
    max_readings: 500,
    rejected: []
  })
  return `HTTP/1.1 202 Accepted\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`
}
