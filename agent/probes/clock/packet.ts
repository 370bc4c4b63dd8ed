/** What an NTP server says, times in ms since 1970, root figures in ms. Source: RFC 5905 section 7.3. */
export interface NtpReply {
  readonly leap: number
  readonly mode: number
  readonly stratum: number
  readonly rootDelayMs: number
  readonly rootDispersionMs: number
  /** Four letters of a kiss-o'-death when the stratum is 0. */
  readonly referenceId: string
  /** Our own transmit timestamp, given back untouched. */
  readonly origin: bigint
  readonly receivedMs: number
  readonly transmittedMs: number
}

const packetBytes = 48
const version = 4
const clientMode = 3
/** From 1900, where era 0 begins, to 1970, s. */
const epochs = 2_208_988_800
const eraSeconds = 2 ** 32

/**
 * A request of a client. The transmit timestamp is a random number, not our time: only who saw the request can answer it, and a
 * wrong clock is nobody's business (RFC 5905 asks just for it to come back).
 */
export const request = (nonce: bigint): Buffer => {
  const packet = Buffer.alloc(packetBytes)
  packet[0] = (version << 3) | clientMode
  packet.writeBigUInt64BE(nonce, 40)
  return packet
}

/** Undefined when it is too short to be NTP. */
export const readReply = (packet: Buffer): NtpReply | undefined => {
  if (packet.length < packetBytes) return undefined
  const first = packet.readUInt8(0)
  return {
    leap: first >> 6,
    mode: first & 0x7,
    stratum: packet.readUInt8(1),
    rootDelayMs: shortMs(packet.readUInt32BE(4)),
    rootDispersionMs: shortMs(packet.readUInt32BE(8)),
    referenceId: packet.toString('latin1', 12, 16).replace(/[^\x21-\x7e]/g, ''),
    origin: packet.readBigUInt64BE(24),
    receivedMs: timestampMs(packet.readUInt32BE(32), packet.readUInt32BE(36)),
    transmittedMs: timestampMs(packet.readUInt32BE(40), packet.readUInt32BE(44))
  }
}

/** 16 bits of seconds and 16 of their fraction. */
const shortMs = (value: number): number => (value * 1000) / 2 ** 16

/**
 * Timestamps count 2^32 seconds and then begin again, on 2036-02-07. Our own clock may be wrong by decades and cannot tell the
 * era, so the top bit does: set means 1968 to 2036, clear means 2036 to 2104 (RFC 4330 section 3). Zero means unknown: NaN.
 */
const timestampMs = (seconds: number, fraction: number): number => {
  if (seconds === 0 && fraction === 0) return NaN
  const era = seconds >= eraSeconds / 2 ? 0 : 1
  return (seconds + era * eraSeconds - epochs) * 1000 + (fraction * 1000) / eraSeconds
}

/**
 * Whether the server asks us to stay away (RFC 5905 section 7.4). Other letters beside stratum 0 (INIT, STEP, or none, as chronyd
 * without a source sends) only say that it has no time yet.
 */
export const isKissOfDeath = (reply: NtpReply): boolean =>
  reply.mode === 4 && reply.stratum === 0 && ['DENY', 'RSTR', 'RATE'].includes(reply.referenceId)

/** Why a reply cannot be used, in words for the log and the label; undefined when it can. */
export const replyFault = (reply: NtpReply, nonce: bigint): string | undefined => {
  if (reply.mode !== 4) return `mode ${reply.mode} is no answer of a server`
  if (reply.origin !== nonce) return 'it answers another request'
  if (reply.stratum === 0) {
    const { referenceId } = reply
    return isKissOfDeath(reply)
      ? `kiss of death ${referenceId}`
      : `the server is not synchronised ${referenceId}`.trimEnd()
  }
  if (reply.stratum > 15) return `stratum ${reply.stratum} is not synchronised`
  if (reply.leap === 3) return 'the server says that it is not synchronised'
  if (Number.isNaN(reply.receivedMs) || Number.isNaN(reply.transmittedMs)) return 'it holds no time'
  if (reply.transmittedMs < reply.receivedMs) return 'it left before it came'
  // RFC 5905 MAXDISP: a server that may be off by 16 s has lost its own source.
  return reply.rootDelayMs / 2 + reply.rootDispersionMs >= 16_000
    ? 'its distance to a true clock is 16 s or more'
    : undefined
}
