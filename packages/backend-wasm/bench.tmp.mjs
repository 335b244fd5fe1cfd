import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import {wasm} from '@sonnetjs/backend-wasm';
import {useBackend} from '@sonnetjs/core';
import {ModuleBuilder,f32x4,v128} from './dist/emitter/index.js';
const stockK=tf.getKernel('BatchMatMul','wasm').kernelFunc;
await useBackend(wasm());
const ourK=tf.getKernel('BatchMatMul','wasm').kernelFunc; if(ourK===stockK)throw 1;
const relaxed=Number(process.versions.node.split('.')[0])>=22;
const m=new ModuleBuilder(); const N0=relaxed?12:10;
m.function('peak',{n:'i32',p:'i32'},(f,{n,p})=>{const acc=[];for(let i=0;i<N0;i++)acc.push(f.local('v128',v128.load(p,16*i)));const a=f.local('v128',v128.load(p,512));const b=f.local('v128',v128.load(p,528));const i=f.local('i32');
  f.loop(i,{below:n},()=>{for(const s of acc)f.set(s,relaxed?f32x4.relaxedMultiplyAdd(a,b,s):f32x4.add(s,f32x4.mul(a,b)));});
  for(const [k,s] of acc.entries())f.do(v128.store(p,s,16*k));});
const peakF=new WebAssembly.Instance(new WebAssembly.Module(m.finish()),{env:{memory:new WebAssembly.Memory({initial:1})}}).exports.peak;
for(let i=0;i<200;i++)peakF(2000,0);
await new Promise(r=>setTimeout(r,100));
const now=()=>Number(process.hrtime.bigint());
const backend=tf.backend();
function measure(fns,budget){const names=Object.keys(fns);const best={};const reps={};
 for(const n of names){best[n]=1e18;fns[n]();fns[n]();let t=now();fns[n]();t=now()-t;reps[n]=Math.max(1,Math.floor(2e5/t));}
 const end=now()+budget*1e6;let r=0;
 while(now()<end||r<5){r++;for(const n of names){const k=reps[n];const t=now();for(let i=0;i<k;i++)fns[n]();best[n]=Math.min(best[n],(now()-t)/k);}}
 return best;}
const cases=process.argv[2]?JSON.parse(process.argv[2]):[
 [256,256,256],[512,512,512],[64,256,784],[784,256,64],[64,784,256],[64,256,256],[64,10,256],[256,10,64],[32,512,128],[128,512,1024],[1024,128,512],[32,128,512],[32,512,192],[1024,64,128],
 [1,1024,1024],[1024,1,1024],[1,1,100000],[4,4,4],[2,3,4],[1,16,16],[16,16,16],[32,32,32],[2048,2048,1],[1024,1024,10],[1000,12,300],[2,512,512],[4,512,512],[100,100,100],[4096,10,64]];
const orients=(process.argv[3]??'NN,NT,TN,TT').split(',');
for(const [M,N,K] of cases){let line=`${M}x${N}x${K}`.padEnd(16);
 const stockToo=process.argv[4]!=='nostock';
 for(const o of orients){const tA=o[0]==='T',tB=o[1]==='T';
  const a=tf.randomUniform(tA?[K,M]:[M,K]),b=tf.randomUniform(tB?[N,K]:[K,N]);
  const run=k=>()=>{const out=k({inputs:{a,b},backend,attrs:{transposeA:tA,transposeB:tB}});backend.disposeData(out.dataId);};
  const n=20000;
  const r=measure({ours:run(ourK),...(stockToo?{stock:run(stockK)}:{}),peak:()=>peakF(n,0)},Number(process.env.MS??60));
  const g=2*M*N*K/r.ours, p=n*N0*8/r.peak;
  line+=` | ${o} ${(r.ours/1e3).toFixed(2)}us ${g.toFixed(1)}GF ${(100*g/p).toFixed(0)}%`+(stockToo?` x${(r.stock/r.ours).toFixed(1)}`:'');
  tf.dispose([a,b]);}
 console.log(line);}
