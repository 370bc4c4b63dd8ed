import { createSocket, type RemoteInfo } from 'node:dgram'
import { once } from 'node:events'

/** What the stand-in says to one question: an address, a DNS error, no record of that type, or nothing at all. */
export type Reply = { readonly address: string } | 'nxdomain' | 'servfail' | 'nodata' | 'silence'

export interface DnsStandIn {
  /** `127.0.0.1:port`, as the portal's options write it. */
  readonly text: string
  readonly asked: string[]
  readonly close: () => Promise<void>
}

const responseCodes = { nxdomain: 3, servfail: 2, nodata: 0 }

/**
 * A stand-in for a name server: it reads one question of type A or AAAA and answers what the test wants. It is no DNS server
 * (no caching, no zones, no TCP); real ones are in tests/peers.
 */
export const dnsStandIn = async (reply: (name: string, type: 'A' | 'AAAA') => Reply): Promise<DnsStandIn> => {
  const socket = createSocket('udp4')
  const asked: string[] = []
  socket.on('message', (packet: Buffer, from: RemoteInfo) => {
    const labels: string[] = []
    let at = 12
    for (let length = packet.readUInt8(at); length > 0; length = packet.readUInt8(at)) {
      labels.push(packet.toString('latin1', at + 1, at + 1 + length))
      at += 1 + length
    }
    const end = at + 5
    const name = labels.join('.')
    const type = packet.readUInt16BE(at + 1) === 28 ? 'AAAA' : 'A'
    asked.push(`${type} ${name}`)
    const said = reply(name, type)
    if (said === 'silence') return
    const found = typeof said === 'object' ? Buffer.from(said.address.split('.').map(Number)) : undefined
    const head = Buffer.from(packet.subarray(0, 12))
    head.writeUInt16BE(0x8180 | (typeof said === 'string' ? responseCodes[said] : 0), 2)
    head.writeUInt16BE(1, 4)
    head.writeUInt16BE(found === undefined ? 0 : 1, 6)
    head.writeUInt32BE(0, 8)
    // A pointer to the name of the question, type A, class IN, 60 s, 4 bytes.
    const answer = found === undefined ? [] : [Buffer.from('c00c00010001000000' + '3c0004', 'hex'), found]
    socket.send(Buffer.concat([head, packet.subarray(12, end), ...answer]), from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    text: `127.0.0.1:${socket.address().port}`,
    asked,
    close: async () => {
      socket.close()
      await once(socket, 'close')
    }
  }
}
