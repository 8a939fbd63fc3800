// Asks a server everything that npm's mlflow can ask, and prints what it found as its last line. The client prints every body by itself.
const MLFlow = require('mlflow')

const [endpoint, experimentName] = process.argv.slice(2)
const mlflow = new MLFlow({ endpoint, headers: {} })
const messageOf = promise => promise.then(() => null, error => error.message)

async function main() {
  const { experiment_id } = await mlflow.Experiments.create({ name: experimentName })
  const listed = (await mlflow.Experiments.list({ view_type: 'ALL' })).experiments.some(e => e.experiment_id === experiment_id)
  await mlflow.Experiments.update({ experiment_id, new_name: experimentName + ' renamed' })
  const renamed = (await mlflow.Experiments.get({ experiment_id })).experiment.name
  const taken = await messageOf(mlflow.Experiments.create({ name: experimentName + ' renamed' }))

  const { run } = await mlflow.Runs.create({ experiment_id, user_id: 'ana', start_time: Date.now(), tags: [{ key: 'made', value: 'here' }] })
  const run_id = run.info.run_id
  for (const step of [1, 2, 3]) {
    await mlflow.Runs.logMetric({ run_id, key: 'loss', value: 1 / step, timestamp: Date.now(), step })
  }
  await mlflow.Runs.logMetric({ run_id, key: 'once', value: 5, timestamp: Date.now() })
  await mlflow.Runs.logParameter({ run_id, key: 'lr', value: '1e-3' })
  await mlflow.Runs.setTag({ run_id, key: 'a', value: 'b' })
  await mlflow.Runs.deleteTag({ run_id, key: 'a' })
  await mlflow.Runs.logBatch({
    run_id,
    metrics: [{ key: 'acc', value: 0.5, timestamp: 1, step: 1 }],
    params: [{ key: 'model', value: 'cnn' }],
    tags: [{ key: 'c', value: 'd' }],
  })
  const history = (await mlflow.Metrics.getHistory({ run_id, metric_key: 'loss' })).metrics.map(m => m.value)
  const found = await mlflow.Runs.search({ experiment_ids: [experiment_id], filter: "metrics.acc > 0.4 and params.model = 'cnn'" })
  const updated = await mlflow.Runs.update({ run_id, status: 'FINISHED', end_time: Date.now() })
  const files = await mlflow.Artifacts.list({ run_id })
  const { run: read } = await mlflow.Runs.get({ run_id })
  await mlflow.Runs.delete({ run_id })
  const refused = await messageOf(mlflow.Runs.setTag({ run_id, key: 'a', value: 'b' }))
  await mlflow.Runs.restore({ run_id })
  await mlflow.Experiments.delete({ experiment_id })
  await mlflow.Experiments.restore({ experiment_id })

  console.log(JSON.stringify({
    listed, renamed, taken, history, refused,
    found: found.runs.map(r => r.info.run_id === run_id),
    status: updated.run_info.status,
    root: files.root_uri === read.info.artifact_uri,
    metrics: Object.fromEntries(read.data.metrics.map(m => [m.key, m.value])),
    params: Object.fromEntries(read.data.params.map(p => [p.key, p.value])),
    tags: read.data.tags.map(t => t.key),
  }))
}

main().catch(error => {
  console.error(error)
  process.exit(1)
})
