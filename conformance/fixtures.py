"""Files that no available library writes: the quadrants picture, made with the tools of libjpeg-turbo and libavif."""

from base64 import b85decode

ARITHMETIC = b85decode(
    "|JeWF01!$>Nk#wx0RR9200961|JwjV00RO70|EjA0|NsD0|NvF2n7WM1O*BQ2L=cX3JeSj3JVJj4iXRz4iOFu3lJ6%5fc;@6%`B*7Z?^47!n"
    "i}6#v@*LjeN>1O)^I2?YfS6b%av6ciK`6ciK`6ciK`6ciK`6ciK`6ciK`6ciK`6ciK`6ciK`6ciK`6ciK`6ciK`6cqo-01*fPAOJ7}0U`hb5"
    "di}c0sqVZ3IGrg1pyEd1^?Or3<CiG0ucid06zf#0J$A{fiY$uUogYi-;0>BlN6`akS?fhCp`&$HT^8mSG`**2dm4rBgUAXkU!$u4;c}%6`PR"
    "r<hr4N|Je"
)
"""A JPEG of 48x32 pixels with arithmetic coding instead of Huffman coding."""
SUBSAMPLED_410 = b85decode(
    "|JeWF01!$>Nk#wx0RR9200961|JwjV00RO70|EjA0|NsD0|NvF2n7WM1O*BQ2L=cX3JeSj3JVJj4iXRz4iOFu3lJ6%5fc;@6%`B*7Z?^47!n"
    "i}6#v@*LjeN>1O)^I2?YfS6b%av6ciK`6ciK`6ciK`6ciK`6ciK`6ciK`6ciK`6ciK`6ciK`6ciK`6ciK`6ciK`6cqo!01*fPAOJ7}0YU%*5"
    "di}c0sq7R9{>OW1pxs80RaI300000000010s{mE1_uZU3Jd?l0JRVR0s#X90t5pE1q1{D00Dgg0s{a95d{(<F+m0sQDFxnaTGFvk)a49Lb1U"
    "WQqk}vGh%Xr2?`b$7#SKRCMPH<Dl|1VH#j*uLqtVJM@UIZQ&d$}S6EqEV`OD!XJ~0^b98lfcX)YvgM@{Khlq)al9QB`mY0~BnxdnmrKYE-sj"
    "9NGw6(UkxVgH*!^FkL$H>Xb($mz{*4NnC+Tr5k<mKk)=;`Y5^7Hid_V@Vt`v1fL9{~UZ0RaI40RaI40RR91000010s{mE1_uZU3Jd?l0JRYS"
    "0s#U91Oo&I1q1{D0Rndb0RjUN1O*{61`<J02Vrp&A~Jyp6he`qvB3!=Gg9ysVsg<679=#`CGi&+85$-hC@Cs6Ha9pqIzvQ7Mn_0VN>fx-R##"
    "YAT4Q8oW@l(=YIAgTc6WGrdV+(5g@%WSiHeewl$Dm3n3<ZQqok##r>Lo_va__cwzs&sy28W6#m2|T$;#5x)YaD4*xB0R<K*S$=jiF`^7Hid_"
    "V@Vt`v2Mh3<CiG0ucid06zfoN+_>TuP>sC^$Ps1r^3(Z&lo@Ch{yi`+%Nq-Oems?D58qvKg~12XrjMXtMZnLEA?u>vV3U&0Fn<d{{XmO`g)o"
    "B&kz3q$j+Djz5f8Du%e16qKYg0xj$q-|Je"
)
"""A JPEG of 48x32 pixels with 4:1:0 subsampling: one color for eight pixels."""
TEN_BITS = b85decode(
    "0000WW^{RQVRmU|00000VRmU|ZE0pPZE0a<O+hh10002;ZDn*}000000000eXk=`10000000000aA{+7000000000000000Y-wU)c4=k+000"
    "0EaA|aH000000096103K;<Z({%e002Y)00962000010003R0000=0000eX=!d|000000096102*m-W@Q2Z00001003cjFfl`KY;SS^0001LX"
    ">f9I0000>X>en20000KX>)L8000000000m0000W0000GaA|mH000000}2WX0000CVRkV?fgnHt0000JV{dG7ZewhC0096E00w{n000+haBX1"
    "#00000000310R#a8g9HEo08(vaVRRAz3JEwBFZ&n>Xf%K_J4B!W!wfM%=|1T!sH$02JaacdQXN5ps;_?u(2j(zZ$42P1Ut$z6=H69Ou^p?t?"
    "&sEMOe0g#y<r-"
)
"""An AVIF of 48x32 pixels with ten bits per channel, 4:4:4."""
GRID = b85decode(
    "0000WW^{RQVRmU|00000VRmU|ZE0pPZE0a<O+hh10005uZDn*}000000000eXk=`10000000000aA{+7000000000000000Y-wU)c4=k+000"
    "0EaA|aH000000096109I*iZ({%e002Y)00jU6000010006B0000800IC2009610ucZJ03`qe000010006u0000Z00aO4009610$Bh603`qg0"
    "00010007h0000b0001xX=!d|0000000jU502*m-W@Q2Z00001003ulX=FohY;SS^0000QX>Mj^0ssI300IC2VRkSvLvL(vasU7T02*m-W@Q2"
    "Z00964003cjFfl`KY;SS^0000QX>Mj^0ssI300aO4VRkSvLvL(vasU7T02*m-W@Q2Z00966003cjFfl`KY;SS^0000WX>w&|000000000KWN"
    "B?@0096500IC500aO90001)X>f9I0001AX>en20000KX>)L8000000001h0001h0000GaA|mH000000|*ER0000JV{dG7ZewhC0096E00w{n"
    "000zeb8uw<00000002M$002M$000bOb}>VNAOHXW001&+aBX1#00000000F50RsU70{{X91OkNv00RUB0)+zr1Ox;Eg#!Qu1Ox(w0{{R3qHS"
    "bhbN~PW0RVsifD!--2{;vh{e%QG8bC4@6#xVfK?DG_gX?t4(qlRs4OM#ZF@O>P3JEwBfBl36G#WrM6cqpj5J3b0w1YiDKIsP<O=<{xFcJU?2"
    "{;vh{e%QG8bC4@6#xVfK?DG_gX%?OB%KqFox%WmF(48E3JEwBfBl36G#WrM78L*l5J3b0w1Zj~iUQ-b)ghzptuS~"
)
"""An AVIF of 128x128 pixels in four tiles."""
TURNED = b85decode(
    "0000WW^{RQVRmU|00000VRmU|ZE0pPZE0a<O+hh10002|ZDn*}000000000eXk=`10000000000aA{+7000000000000000Y-wU)c4=k+000"
    "0EaA|aH000000096103K;<Z({%e002Y)00962000010003b0000r0000eX=!d|000000096102*m-W@Q2Z00001003cjFfl`KY;SS^0001VX"
    ">f9I0000~X>en20000KX>)L8000000000m0000W0000GaA|mH000000|*ER0000CVRkV?fgk_?0000JV{dG7ZewhC0096E00w{n000STa&L4"
    "20000OX>e^}0000000001009L70)qsF0000zZDe6|5&#MbI2AAZ2nc92fHEdTpa6mhApp4FaoG`_RADzyK8ku?QA~<WVqBjfOEqk2j>h1UKm"
)
"""An AVIF that is stored as 48x32 pixels, and that browsers show after a quarter turn counterclockwise."""
