"""What the words of a prompt decide: place, weather, who is seen, colours. English and Chinese."""

import hashlib
import re
from dataclasses import dataclass

Colour = tuple[float, float, float]  # red, green, blue, 0..1
Table = tuple[tuple[str, str], ...]

GROUNDS: Table = (
    ("space", r"\bspace|galax|\bstars?\b|planet|astronaut|comet|nebula|cosm|\borbit|太空|宇宙|星球|星空|宇航|银河|月球|火箭"),
    ("sea", r"\bsea\b|ocean|\bwaves?\b|beach|\bboats?\b|\bships?\b|sail|\blake|river|\bwater|island|harbou?r|海|浪|湖|河|船|水|沙滩"),
    ("city", r"\bcity|street|\btown|neon|tokyo|\bparis|new york|building|skyline|\bcars?\b|\btaxi|\btrain|城|街|楼|霓虹|都市|车"),
    ("forest", r"forest|\btrees?\b|\bwoods?\b|jungle|garden|\bleaf|leaves|bamboo|\bpark\b|森林|树|林|竹|花园|公园"),
    ("desert", r"desert|\bsand|\bdunes?\b|camel|\bmars\b|canyon|沙漠|沙丘|火星|骆驼"),
    ("hills", r"mountain|\bhills?\b|valley|field|meadow|grass|prairie|山|谷|草|田|雪原"),
)  # fmt: skip
AIRS: Table = (
    ("snow", r"snow|winter|\bice\b|icy|blizzard|arctic|雪|冬|冰"),
    ("rain", r"\brain|storm|umbrella|drizzle|雨|暴风|伞"),
    ("sparks", r"\bfire|lantern|firefl|candle|magic|spark|ember|灯笼|孔明灯|火|萤|烛|魔法"),
    ("petals", r"petal|blossom|sakura|\bspring\b|flower|花|樱|春"),
)
FIGURES: Table = (
    ("dog", r"\bdogs?\b|puppy|\bpup\b|retriever|shiba|corgi|\bwolf|\bfox\b|狗|犬|狼|狐"),
    ("cat", r"\bcats?\b|kitten|\btiger|panther|猫|虎"),
    ("camel", r"camel|骆驼"),
    ("horse", r"\bhorses?\b|\bpony|unicorn|\bcows?\b|\bdeer\b|马|牛|鹿"),
    ("boat", r"\bboats?\b|\bships?\b|sail|yacht|船|帆"),
    ("balloon", r"balloon|气球"),
    ("birds", r"\bbirds?\b|\bcranes?\b|seagull|\bgulls?\b|eagle|swallow|\bflock|鸟|鹤|鸥|鹰|燕"),
    ("person", r"\bman\b|\bmen\b|wom[ae]n|\bgirl|\bboy|\bchild|people|person|dancer|traveller|samurai|astronaut|robot|space ?suit|monk|人|女孩|男孩|孩子|少年|少女|宇航员|侠"),
)  # fmt: skip

# Four colours of a light: the top of the sky and what is near, the sky's middle, its foot, and what shines.
PALETTES: tuple[tuple[str, tuple[str, str, str, str]], ...] = (
    (r"neon|cyber|tokyo|霓虹|赛博", ("#0a0a24", "#3a1e63", "#b0487f", "#8ff0ff")),
    (r"night|midnight|\bdark|\bmoon|lantern|firefl|campfire|夜|月|黑|萤|灯笼|孔明灯|篝火", ("#070c1f", "#16294f", "#4a6b9a", "#f1f0e2")),
    (r"sunset|dusk|evening|golden|\bwarm|autumn|黄昏|日落|傍晚|夕阳|金色|秋", ("#2c1a45", "#96405f", "#f2a25f", "#fff0c4")),
    (r"dawn|sunrise|morning|\bpink|sakura|清晨|日出|早晨|粉|樱", ("#3c4a80", "#a98bb0", "#f7cdb4", "#fff7e6")),
    (r"snow|\bice\b|winter|\bcold|雪|冰|冬", ("#35506e", "#7f9db8", "#c9d6dd", "#fffaf0")),
    (r"\brain|storm|雨|暴风", ("#1a2632", "#475c6b", "#93a4a8", "#eef2e6")),
    (r"\bred\b|blood|\bmars\b|红|火星", ("#2b0a12", "#82262a", "#e07a52", "#ffe6c4")),
    (r"\bgreen\b|forest|jungle|\bspring\b|绿|春|森林", ("#1d4a4a", "#5f9583", "#dbe4b6", "#fffbe0")),
    (r"\bblue\b|蓝", ("#0b2a4a", "#2a74a0", "#a9d6d8", "#fffaea")),
    (r"retro|vintage|\bfilm\b|70s|80s|复古|胶片", ("#3a2a38", "#9a5560", "#e8b478", "#fbeccb")),
)  # fmt: skip
OWN_PALETTES = {
    "space": (("#0b0b26", "#4a2f86", "#c9708f", "#ffe7cf"), ("#061226", "#1d4f7a", "#5fb0b0", "#fff1d6")),
    "sea": (("#0f3a5c", "#4f9ab8", "#f3dcb5", "#fffbe9"), ("#2a3b6a", "#9a82a8", "#f6c2a0", "#fff3d8")),
    "city": (("#16203c", "#5a5f92", "#eda88a", "#ffe9b8"), ("#0f1c33", "#3d6285", "#bcd0c8", "#ffedc0")),
    "forest": (("#1f4650", "#6fa08c", "#ecdfae", "#fff9dd"), ("#283a5a", "#8d93a8", "#f2cfae", "#fff4d9")),
    "desert": (("#2f5d86", "#9fb6b8", "#f4cf94", "#fff4d2"), ("#4a2a4f", "#c0656a", "#f6b878", "#fff0cc")),
    "hills": (("#2d6390", "#8fbcc8", "#f6e7bd", "#fffbe6"), ("#3a3f78", "#b07f9f", "#f9c79a", "#fff5da")),
}


@dataclass(frozen=True, slots=True)
class Cast:
    """``air`` and ``figure`` may be empty. Equal casts make equal films."""

    ground: str
    air: str
    figure: str
    night: bool
    palette: tuple[Colour, Colour, Colour, Colour]  # deep, middle, light, glow
    seed: int


def cast_of(prompt: str, seed: int | None) -> Cast:
    digest = hashlib.sha256(f"{prompt}|{'' if seed is None else seed}".encode()).digest()
    number = int.from_bytes(digest[:8])
    ground = first_said(GROUNDS, prompt) or ("hills", "sea", "desert", "forest", "hills")[number % 5]
    air, figure = first_said(AIRS, prompt), first_said(FIGURES, prompt)
    if ground == "space" and air != "sparks":
        air = ""  # no weather out there
    said = next((colours for words, colours in PALETTES if re.search(words, prompt, re.IGNORECASE)), None)
    own = OWN_PALETTES[ground]
    deep, middle, light, glow = (rgb(colour) for colour in said or own[number // 8 % len(own)])
    night = ground == "space" or sum(middle) < 0.85
    return Cast(ground, air, figure, night, (deep, middle, light, glow), number)


def first_said(table: Table, prompt: str) -> str:
    found = [(at.start(), name) for name, words in table if (at := re.search(words, prompt, re.IGNORECASE))]
    return min(found)[1] if found else ""


def rgb(colour: str) -> Colour:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue
