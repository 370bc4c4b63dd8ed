export const dashboardFolder = { title: '校园网络达标 Campus gauge', uid: 'campus-gauge' } as const

/** Where Grafana finds the dashboards' JSON, unless told otherwise. */
export const dashboardPath = '/var/lib/grafana/dashboards/campus-gauge'

/** The provider of dashboards in the shape of a provisioning file: what lies in the path is shown, what is gone from it goes. */
export const providerFile = (path: string = dashboardPath): unknown => ({
  apiVersion: 1,
  providers: [
    {
      name: 'campus-gauge',
      orgId: 1,
      folder: dashboardFolder.title,
      folderUid: dashboardFolder.uid,
      type: 'file',
      disableDeletion: false,
      allowUiUpdates: false,
      updateIntervalSeconds: 60,
      options: { path }
    }
  ]
})
