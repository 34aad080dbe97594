"""Words that are also names of towns: a lone one is not read as a place unless a model says so."""

from __future__ import annotations

from babelscope.languages.names import fold_name

_LATIN = """
of most bar police bath split march may nice reading mobile union liberty independence central orange police enterprise
normal hope battle rugby sale deal ware hull wells hereford industry commerce progress defiance college university
young man men woman page mission temple garden gardens park lake beach bay grove green hill hills valley mountain river
rivers spring springs summer winter north south east west northern southern eastern western center centre church city
town village county district state province street bank house home king queen prince lord general major mayor police
president minister ministry government parliament court law justice peace war victory freedom democrat republic
republican federal national international world global social general public private new old great big little black
white red blue brown gray grey gold golden silver rose rock stone wood woods bell bush ford carter clinton johnson
jackson wilson taylor anderson moore martin thompson garcia martinez robinson clark rodriguez lewis lee walker hall
allen hernandez wright lopez scott adams baker gonzalez nelson mitchell perez roberts turner phillips campbell parker
evans edwards collins stewart sanchez morris rogers reed cook morgan murphy bailey rivera cooper richardson cox howard
ward torres peterson gray ramirez watson brooks kelly sanders price bennett barnes ross henderson coleman jenkins
perry powell long patterson hughes flores washington-post butler simmons foster bryant russell griffin hayes myers
hamilton-smith graham sullivan wallace west cole jordan-smith owens reynolds fisher ellis harrison gibson mcdonald cruz
marshall ortiz gomez murray freeman wells webb simpson stevens tucker porter hunter hicks crawford henry boyd mason
morales kennedy warren dixon ramos reyes burns gordon shaw holmes rice robertson hunt black daniels palmer mills nichols
grant knight ferguson stone hawkins dunn perkins hudson spencer gardner stephens payne pierce berry matthews arnold
wagner willis ray watkins olson carroll duncan snyder hart cunningham bradley lane andrews ruiz harper fox riley
armstrong carpenter weaver greene lawrence elliott chavez sims austin-smith peters kelley franklin lawson
january february april june july august september october november december monday tuesday wednesday thursday friday
saturday sunday lunes martes mercoledi enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre
diciembre janeiro fevereiro marco maio junho julho setembro outubro novembro dezembro janvier fevrier mars avril mai juin
juillet aout septembre octobre novembre decembre januar februar marz april juni juli oktober dezember ocak subat mart
nisan mayis haziran temmuz agustos eylul ekim kasim aralik mei januari februari maret desember
los las el la le les de del da do das dos san santa santo sao saint sankt st une un una uno der die das den dem des ein
eine und oder aber auch nicht mit von vom zum zur bei nach aus auf fur uber unter wenn wie was wer wo hier dort
alle alles essen halle hof bad au regen singen burg bergen sinn hagen hamm stade wesen ende anfang weg markt
salud paz libertad union centro central esperanza concepcion trinidad-y progreso victoria-y mercedes dolores rosario
buena buenos bella bello puerto rio monte campo villa casa sierra costa norte sur este oeste nueva nuevo grande
senhor senhora vitoria-e boa vista serra belo porto-e cabo capital maior menor
batman ordu van mus bor sur kars-e agri siirt-e data mali man men kur are era ali anna maria jose juan carlos luis pedro
padre marina laguna angeles bali-e mati toledo-e mark mons tours brest-e nancy-e agen lens vire laval orleans-e
dan kant om og som til for med det den han hun vi du av er en et ett att och inte
barak tal lod arad yam as-salam to no an on in at is it be by or we us if so up go he me my ok oh hi
they this that these those what when where which who whom why how there here then than but and the for from with
police bell sos san-e uman same side soon tire tyre boom mine mira moss ham bor vara
"""
_OTHER = """
владимир мир орёл орел город центр союз комсомольск-е свободный советская победа заря рассвет дружба известия правда
مدينة المدينة سلام السلام الباب النور نور سعيد حماة الأحد الجمعة السبت العربية الشرقية الغربية الجديدة المركز الحدود
حديثة ابن علي محمد حسين سليمان صالح خان احمد على کرد نظر باد شهر
भारत-ई राम नगर पुर मंगल
平和 中心 大学 和平 长安 城市 新城 中央 统一 民主 自由 胜利 友谊 光明 高山 大通 日本橋 上田 山田 高橋 佐藤 鈴木 田中 伊藤
本部 大会 東部 西部 南部 北部 东部 北方 南方 東方 西方 以上 以下 今日 今年 時間 世界 国家 公安 保安 安全 开放 人民
나주-에 이천 공주 고양 성남 화성 사천 대구-에 통영 부천 양산 광주-에 구리 여주 동해 서산 보령 논산 상주 진주 경주-에
"""
COMMON_WORDS: frozenset[str] = frozenset(fold_name(w) for w in (_LATIN + _OTHER).split() if "-" not in w)
