#!/usr/bin/env node
// ONNX Runtime as a peer: peer-onnxruntime.js MODULE THREADS. MODULE is the folder of
// onnxruntime-node. Reads requests {"file", "batch", "size", "seconds"}, one JSON object a line, and
// answers each with {"ms": one number per run}. Started by compare.py.
'use strict';
const fs = require('fs'), path = require('path'), readline = require('readline');
const folder = path.resolve(process.argv[2]), threads = Number(process.argv[3]);
const ort = require(folder);
const version = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'))).version;
const now = () => Number(process.hrtime.bigint()) / 1e6;
let open = { file: null, session: null };

async function answer(request) {
  if (open.file !== request.file) {
    if (open.session) await open.session.release();
    open = { file: request.file, session: await ort.InferenceSession.create(request.file, {
      executionProviders: ['cpu'], intraOpNumThreads: threads, interOpNumThreads: 1,
      executionMode: 'sequential', graphOptimizationLevel: 'all' }) };
  }
  const { session } = open, shape = [request.batch, 3, request.size, request.size];
  const x = new Float32Array(shape.reduce((a, b) => a * b));
  for (let i = 0; i < x.length; i++) x[i] = ((i * 7919) % 2001) / 1000 - 1;
  const feed = { [session.inputNames[0]]: new ort.Tensor('float32', x, shape) };
  const ms = [];
  for (let i = 0; i < 3; i++) await session.run(feed);
  const end = now() + 1000 * request.seconds;
  while (ms.length < 3 || now() < end) {
    const start = now();
    await session.run(feed);
    ms.push(now() - start);
  }
  return { ms };
}

console.log(JSON.stringify({ version }));
(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    let reply;
    try {
      reply = await answer(JSON.parse(line));
    } catch (error) {
      reply = { error: String(error).split('\n')[0] };
    }
    console.log(JSON.stringify(reply));
  }
  if (open.session) await open.session.release();
})();
