import { judgeRooms } from './recorder-rooms.ts'
import type { Rule } from './verdict.ts'

/**
 * 同频互动课堂 (figures of Inner Mongolia at the national meeting of 2020: schools with a synchronous interactive classroom). As a recording
 * room, of any picture size, but it must have been live: media that arrives shows the equipment, only a broadcast shows the class.
 */
export const syncClassroom: Rule = {
  version: 'sync-classroom/1',
  probes: ['recording'],
  parameters: { live_days: { unit: 'days', least: 1, most: 31, whole: true, byDefault: 1 } },
  judge: (evidence, parameters) =>
    judgeRooms(evidence, {
      rooms: evidence.rooms.filter(room => room.sync),
      fact: 'sync-classroom',
      stream: { spoiling: ['storage_full', 'black', 'frozen'], least: undefined },
      liveDays: parameters['live_days'] ?? 1
    })
}
