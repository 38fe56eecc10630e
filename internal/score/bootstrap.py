import posix as p
i=p.dup(0);o=p.dup(1);z=p.open('/dev/null',0);p.dup2(z,0);p.close(z);p.dup2(2,1)
def read(n):
 b=b''
 while n:
  c=p.read(i,n)
  if not c:p._exit(0)
  b=b+c if b else c
  n-=len(c)
 return b
import marshal
exec(marshal.loads(read(int.from_bytes(read(4),'big'))),{'read':read,'out':o,'posix':p,'marshal':marshal})
