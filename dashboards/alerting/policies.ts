import { contactPointName, type ContactPoint } from './contact-points.ts'
import { productLabel } from './rule-file.ts'

const nights = 'campus-gauge 夜间 nights'
const weekends = 'campus-gauge 周末 weekends'

/** Times are UTC: a time zone in them is newer than Grafana 9.1. 14:00 to 23:00 UTC is 22:00 to 07:00 in Beijing; its weekend begins on Friday at 16:00 UTC. */
export const muteTimingsFile = (): unknown => ({
  apiVersion: 1,
  muteTimes: [
    { orgId: 1, name: nights, time_intervals: [{ times: [{ start_time: '14:00', end_time: '23:00' }] }] },
    {
      orgId: 1,
      name: weekends,
      time_intervals: [
        { times: [{ start_time: '16:00', end_time: '24:00' }], weekdays: ['friday'] },
        { weekdays: ['saturday'] },
        { times: [{ start_time: '00:00', end_time: '16:00' }], weekdays: ['sunday'] }
      ]
    }
  ]
})

/**
 * The whole tree of notification policies, because a file always replaces the whole tree. What is not ours goes where a fresh Grafana sends it;
 * of ours, what is critical goes out at any time, and the rest by day.
 */
export const policyFile = (contactPoint: ContactPoint, muted: boolean): unknown => {
  const receiver = contactPointName(contactPoint)
  const ours = ['product', '=', productLabel.product]
  const group_by = ['alertname', 'county']
  const pace = { group_wait: '1m', group_interval: '15m', repeat_interval: '24h' }
  return {
    apiVersion: 1,
    policies: [
      {
        orgId: 1,
        receiver: 'grafana-default-email',
        group_by: ['grafana_folder', 'alertname'],
        routes: [
          { receiver, object_matchers: [ours, ['severity', '=', 'critical']], group_by, ...pace },
          {
            receiver,
            object_matchers: [ours],
            group_by,
            ...(muted ? { mute_time_intervals: [nights, weekends] } : {}),
            ...pace
          }
        ]
      }
    ]
  }
}
