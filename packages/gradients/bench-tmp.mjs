const which = process.argv[2],
  backend = process.argv[3] ?? 'wasm';

import * as tf from '@tensorflow/tfjs-core';

if (which === 'stock') await import('@tensorflow/tfjs');
else await import('@tensorflow/tfjs-backend-cpu');
await import('@tensorflow/tfjs-backend-wasm');
if (which === 'ours') (await import('@sonnetjs/gradients')).registerGradients();
await tf.setBackend(backend);
const V = (...s) => tf.variable(tf.randomNormal(s, 0, 0.1));
function mlp(B, sizes) {
  const ws = [];
  for (let i = 0; i + 1 < sizes.length; i++) {
    ws.push(V(sizes[i], sizes[i + 1]), V(sizes[i + 1]));
  }
  const x = tf.randomNormal([B, sizes[0]]),
    y = tf.oneHot(tf.zeros([B], 'int32'), sizes.at(-1));
  return () => {
    let h = x;
    for (let i = 0; i < ws.length; i += 2) {
      h = tf.add(tf.matMul(h, ws[i]), ws[i + 1]);
      if (i + 2 < ws.length) h = tf.relu(h);
    }
    return tf.losses.softmaxCrossEntropy(y, h);
  };
}
function lstm(B, H, T, V_) {
  const w = V(2 * H, 4 * H),
    b = V(4 * H),
    emb = V(V_, H),
    wo = V(H, V_);
  const ids = tf.zeros([B], 'int32'),
    y = tf.oneHot(tf.zeros([B], 'int32'), V_);
  return () => {
    let h = tf.zeros([B, H]),
      c = tf.zeros([B, H]);
    let loss = tf.scalar(0);
    for (let t = 0; t < T; t++) {
      const x = backend === 'wasm' && which === 'stock' ? tf.matMul(tf.oneHot(ids, V_), emb) : tf.gather(emb, ids);
      const g = tf.add(tf.matMul(tf.concat([x, h], 1), w), b);
      const [i, j, f, o] = tf.split(g, 4, 1);
      c = tf.add(tf.mul(c, tf.sigmoid(tf.add(f, 1))), tf.mul(tf.sigmoid(i), tf.tanh(j)));
      h = tf.mul(tf.tanh(c), tf.sigmoid(o));
      loss = tf.add(loss, tf.losses.softmaxCrossEntropy(y, tf.matMul(h, wo)));
    }
    return loss;
  };
}
function conv(B) {
  const f1 = V(3, 3, 1, 32),
    f2 = V(3, 3, 32, 64),
    w = V(7 * 7 * 64, 10);
  const x = tf.randomNormal([B, 28, 28, 1]),
    y = tf.oneHot(tf.zeros([B], 'int32'), 10);
  return () => {
    let h = tf.maxPool(tf.relu(tf.conv2d(x, f1, 1, 'same')), 2, 2, 'same');
    h = tf.maxPool(tf.relu(tf.conv2d(h, f2, 1, 'same')), 2, 2, 'same');
    return tf.losses.softmaxCrossEntropy(y, tf.matMul(tf.reshape(h, [B, -1]), w));
  };
}
function run(name, loss, n) {
  const f = () => {
    const { value, grads } = tf.variableGrads(loss);
    value.dispose();
    tf.dispose(grads);
  };
  try {
    f();
  } catch (e) {
    console.log(name, 'FAILS', e.message.slice(0, 80));
    tf.disposeVariables();
    return;
  }
  for (let i = 0; i < n; i++) f();
  let best = 1e9;
  for (let r = 0; r < 5; r++) {
    const t = performance.now();
    for (let i = 0; i < n; i++) f();
    best = Math.min(best, (performance.now() - t) / n);
  }
  console.log(which, backend, name, best.toFixed(3), 'ms');
  tf.disposeVariables();
}
run('tiny mlp 4x[4,4,4,4,4,3]', mlp(4, [4, 4, 4, 4, 4, 3]), 300);
run('tiny lstm', lstm(2, 4, 16, 5), 30);
run('mlp 784', mlp(64, [784, 256, 256, 10]), backend === 'wasm' ? 10 : 2);
if (backend === 'wasm') {
  run('lstm 32x128x32', lstm(32, 128, 8, 64), 3);
}
run('convnet B8', conv(8), 2);
