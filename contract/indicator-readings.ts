/**
 * The words that readings of probes `ipv6` and `recording` carry: agents will write them, the collector's rollups and rules read them.
 * The state is the reading's `reason`, and on every reading that reached the device the label `state` too. An `ok` reading may leave its reason out
 * when it is `ready`; `live` is always said as the reason, so that a day's rollup counts it. What could not be measured is `unavailable`.
 * How rules read them is in docs/protocol.md.
 */

/**
 * Layers of IPv6 user access, worst first. `link_down`: IPv4 to the same subjects failed too, so it says nothing about IPv6 and is `unavailable`.
 * ok: `ready`. degraded (works, worse than IPv4): `v6_slow`, `fallback_masked`. failed: the others.
 */
export const ipv6States = [
  'no_ipv6',
  'link_local_only',
  'ula_only',
  'gua_no_route',
  'gua_no_dns',
  'tcp_blocked',
  'mtu_blackhole',
  'v6_slow',
  'fallback_masked',
  'ready',
  'link_down'
] as const
export type Ipv6State = (typeof ipv6States)[number]

/** Label `vantage` of an ipv6 reading: `user` is a panel or Wi-Fi VLAN, `wan` the gateway's own outside. One check has one vantage. */
export const ipv6Vantages = ['user', 'wan'] as const
export type Ipv6Vantage = (typeof ipv6Vantages)[number]

/**
 * Fields of an ipv6 reading, layer by layer: global, unique local and deprecated addresses; a default route (0 or 1); the name's AAAA over each transport;
 * TCP and HTTPS to how many subjects of how many; bytes both ways; what the fall-back to IPv4 cost; the same connection over IPv4.
 */
export const ipv6Fields = [
  'gua_n',
  'ula_n',
  'deprecated_n',
  'default_route',
  'aaaa_over_v4_ms',
  'aaaa_over_v6_ms',
  'tcp_ok_n',
  'tcp_tried_n',
  'https_ok_n',
  'down_bytes',
  'up_bytes',
  'fallback_ms',
  'v6_tcp_ms',
  'v4_tcp_ms'
] as const

/**
 * States of a recorder's stream. ok: `ready` (media arrives), `live` (and is being broadcast: the HLS sequence or bytes_in advance).
 * unavailable, because they say nothing about the recorder: `auth_required auth_rejected auth_unsupported busy`. failed: the others.
 * A broadcast that was seen is `live` as the reason of an ok reading; beside a flag, which then is the reason, the label `state` says it.
 */
export const recordingStates = [
  'unreachable',
  'port_closed',
  'auth_required',
  'auth_rejected',
  'auth_unsupported',
  'not_rtsp',
  'protocol_error',
  'rtsp_timeout',
  'no_such_stream',
  'busy',
  'no_media',
  'stalled',
  'ready',
  'live'
] as const
export type RecordingState = (typeof recordingStates)[number]

/** Flags beside `ready` and `live`: the reading is then `degraded` with the first of them, in this order, as its reason; all are in the label `flags`, comma-separated. */
export const recordingFlags = [
  'storage_full',
  'black',
  'frozen',
  'low_spec',
  'no_audio',
  'silent',
  'suspect_static',
  'storage_low',
  'clock_skew'
] as const
export type RecordingFlag = (typeof recordingFlags)[number]

/** Fields of a recording reading that rules use, beside the track figures: HD (高清) is at least 1280 × 720. */
export const recordingFields = [
  'width_px',
  'height_px',
  'fps',
  'kbps',
  'first_rtp_ms',
  'lost_pct',
  'storage_free_pct'
] as const
