import { judgeRooms } from './recorder-rooms.ts'
import type { Rule } from './verdict.ts'

/**
 * 高清数字录播教室 (榆林市教育信息化2.0行动计划: each township-central primary school and above has one, able to broadcast inside the
 * campus). met: one recording room of the ledger sent HD (高清) media on enough school days. missed: on enough school days every one of them
 * failed, or sent less, and none ever worked; or the school declares `recording-room` = `none`. Without a password, while busy, without a
 * size and with a picture that may only be still, nothing is known.
 */
export const recordingRoom: Rule = {
  version: 'recording-room/1',
  probes: ['recording'],
  parameters: {
    width_px: { unit: 'px', least: 1, most: 16_384, whole: true, byDefault: 1280 },
    height_px: { unit: 'px', least: 1, most: 16_384, whole: true, byDefault: 720 }
  },
  judge: (evidence, parameters) => {
    const least = { widthPx: parameters['width_px'] ?? 1280, heightPx: parameters['height_px'] ?? 720 }
    const found = judgeRooms(evidence, {
      rooms: evidence.rooms.filter(room => room.recording),
      fact: 'recording-room',
      stream: { spoiling: ['storage_full', 'black', 'frozen', 'low_spec'], least },
      liveDays: 0
    })
    return { ...found, facts: { ...found.facts, width_px: least.widthPx, height_px: least.heightPx } }
  }
}
