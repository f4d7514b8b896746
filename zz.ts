import { MemberRing } from './plugins/routing/member-ring.ts';
import { hash } from 'node:crypto';
const mem=(n:number)=>Array.from({length:n},(_,i)=>({nodeId:`reader-${i}:19540`,address:`reader-${i}:19540`,roles:['reader' as const]}));
for (const n of [10,1000]) { let t=performance.now(); const r=new MemberRing(mem(n)); console.log(n,'build',performance.now()-t);
t=performance.now(); for(let i=0;i<1e5;i++) r.walk(String(i*3+1),10); console.log('walk 1e5',performance.now()-t);
t=performance.now(); for(let i=0;i<1e5;i++) r.walk(String(i*3+1),10); console.log('again',performance.now()-t); }
let t=performance.now(); for(let i=0;i<1e5;i++) hash('md5',String(i),'buffer'); console.log('md5',performance.now()-t);
