"""The words of injections, by language: stems of what is to be done, then stems of what it is to be done to."""

import re
from typing import Literal

Kind = Literal["override", "reveal", "say"]

# (first, second): in most of these languages the verb comes first, in some the object does.
_OVERRIDE = (
    ("ignor|disregard|forget|override|bypass", "instruct|prompt|rule|polic|guideline|direction|above|before"),
    ("ignorier|vergiss|vergess|missacht", "anweisung|regel|vorgabe|prompt|instruktion"),
    ("ignore|oublie", "instruction|consigne|règle|précédent"),
    ("ignora|olvida", "instruc|regla|orden|anterior"),
    ("ignora|dimentica", "istruzion|regol|precedent"),
    ("ignore|esqueça|desconsider", "instruç|regra|anterior"),
    ("negeer|vergeet", "instructie|regel|opdracht"),
    ("zignoruj|zapomnij", "instrukcj|polece|zasad"),
    ("игнорир|забудь|отмени", "инструкц|указан|правил"),
    ("ігнору|забудь", "інструкц|вказівк|правил"),
    ("talimat|yönerge|kural", "yok say|unut|dikkate alma"),
    ("忽略|无视|忘记", "指令|指示|说明|提示|规则"),
    ("指示|命令|ルール|指令", "無視|忘れ"),
    ("지시|명령|규칙", "무시|잊"),
    ("تجاهل|انس", "التعليمات|الأوامر|القواعد"),
    ("निर्देश|नियम", "अनदेखा|भूल|नज़रअंदाज़"),
)
_REVEAL = (
    (
        "repeat|print|reveal|show|output|display|leak|tell|write|translate|summari|encode|what",
        r"(?:system|hidden|initial|secret|original)\s+(?:prompt|message|instruct)|your\s+(?:\w+\s+)?(?:instruct|prompt|rule)",
    ),
    ("wiederhol|zeig|gib|nenn|verrat|druck|schreib", r"system\W?prompt|systemnachricht|anweisung|instruktion"),
    ("répète|affiche|montre|révèle|donne|imprime", "prompt|instruction|consigne|message système"),
    ("repit|muestr|revel|imprim|escrib", "prompt|instruc|mensaje del sistema"),
    ("ripet|mostra|stampa|rivela|scrivi", "prompt|istruzion|messaggio di sistema"),
    ("repit|mostr|revel|imprim|escrev", "prompt|instruç|mensagem do sistema"),
    ("herhaal|toon|druk", r"systeem\W?prompt|instructie|prompt"),
    ("powtórz|pokaż|ujawnij|wypisz", "prompt|instrukcj"),
    ("повтори|покажи|выведи|раскрой|напечатай", "системн|промпт|инструкц"),
    ("повтори|покажи|виведи|розкрий", "системн|промпт|інструкц"),
    ("sistem|talimat|prompt", "göster|yaz|tekrar"),
    ("重复|显示|输出|打印|告诉|透露", "系统提示|系统指令|提示词|指令"),
    ("システム|指示|プロンプト", "繰り返|表示|出力|教え"),
    ("시스템|프롬프트|지시", "반복|출력|보여|알려"),
    ("كرر|اعرض|اطبع|أظهر", "التعليمات|موجه النظام|النظام"),
    ("सिस्टम|निर्देश|प्रॉम्प्ट", "दोहरा|दिखा|बता"),
)
_NEAR = r".{0,60}?"  # an instruction is one breath; words farther apart are not about each other


def _pattern(first: str, second: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{first}){_NEAR}(?:{second})\w*", re.IGNORECASE | re.DOTALL)


PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    *(("override", _pattern(*words)) for words in _OVERRIDE),
    *(("reveal", _pattern(*words)) for words in _REVEAL),
)

# "call delete_plan", "use the tool delete_plan": the name comes from the request
CALL_VERBS = "call|use|run|invoke|execute|trigger|benutz|verwend|rufe|appelle|utilise|llama|usa|chiama|вызови|调用|使用"

# "answer only with the words “…”"
SAY = re.compile(
    r"\b(?:say|reply|respond|answer|write|output|print|antworte|sag|schreib|réponds|dis|responde|di|rispondi)\w*\b"
    r"[^\"'“«„]{0,40}[\"'“«„](?P<payload>[^\"'”»“]{1,200})[\"'”»“]",
    re.IGNORECASE,
)
