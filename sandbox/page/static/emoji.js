// The common names of emoji, as Slack spells them.

const NAMES = `
white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎ eyes 👀 tada 🎉 +1 👍 thumbsup 👍 -1 👎 thumbsdown 👎
warning ⚠️ rotating_light 🚨 fire 🔥 boom 💥 bell 🔔 no_bell 🔕 mute 🔇 loudspeaker 📢 mega 📣 siren 🚨 sos 🆘 no_entry ⛔ no_entry_sign 🚫 octagonal_sign 🛑 stop_sign 🛑
red_circle 🔴 large_orange_circle 🟠 large_yellow_circle 🟡 large_green_circle 🟢 large_blue_circle 🔵 large_purple_circle 🟣 white_circle ⚪ black_circle ⚫
large_green_square 🟩 large_red_square 🟥 large_yellow_square 🟨 white_medium_square ◻️ white_small_square ▫️ black_small_square ▪️
hourglass ⌛ hourglass_flowing_sand ⏳ stopwatch ⏱️ alarm_clock ⏰ clock1 🕐 watch ⌚ calendar 📅 spiral_calendar_pad 🗓️ date 📅
arrow_right ➡️ arrow_left ⬅️ arrow_up ⬆️ arrow_down ⬇️ arrow_upper_right ↗️ arrow_lower_right ↘️ leftwards_arrow_with_hook ↩️ arrow_right_hook ↪️ arrows_counterclockwise 🔄 repeat 🔁
rewind ⏪ fast_forward ⏩ double_vertical_bar ⏸️ pause_button ⏸️ arrow_forward ▶️ black_square_for_stop ⏹️ stop_button ⏹️ heavy_plus_sign ➕ heavy_minus_sign ➖
question ❓ grey_question ❔ exclamation ❗ grey_exclamation ❕ bangbang ‼️ information_source ℹ️ bulb 💡 memo 📝 pencil ✏️ pencil2 ✏️ clipboard 📋 page_facing_up 📄 scroll 📜 books 📚 bookmark 🔖 link 🔗 paperclip 📎 pushpin 📌 round_pushpin 📍 label 🏷️
chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 bar_chart 📊 mag 🔍 mag_right 🔎 microscope 🔬 telescope 🔭 satellite_antenna 📡 desktop_computer 🖥️ computer 💻 floppy_disk 💾 package 📦 card_file_box 🗃️ file_folder 📁 wastebasket 🗑️ inbox_tray 📥 outbox_tray 📤 email 📧 envelope ✉️ telephone_receiver 📞 pager 📟
lock 🔒 unlock 🔓 key 🔑 shield 🛡️ closed_lock_with_key 🔐 detective 🕵️ bust_in_silhouette 👤 busts_in_silhouette 👥 construction 🚧 wrench 🔧 hammer 🔨 hammer_and_wrench 🛠️ gear ⚙️ nut_and_bolt 🔩 toolbox 🧰 broom 🧹 test_tube 🧪 thermometer 🌡️ ambulance 🚑 fire_engine 🚒 rocket 🚀 robot_face 🤖 ghost 👻 skull 💀 bug 🐛 whale 🐳 ship 🚢 anchor ⚓ wheel_of_dharma ☸️
wave 👋 raised_hand ✋ raised_hands 🙌 clap 👏 pray 🙏 muscle 💪 point_right 👉 point_left 👈 point_up ☝️ point_down 👇 ok_hand 👌 v ✌️ crossed_fingers 🤞 handshake 🤝 writing_hand ✍️
smile 😄 grinning 😀 slightly_smiling_face 🙂 wink 😉 joy 😂 sweat_smile 😅 thinking_face 🤔 neutral_face 😐 disappointed 😞 cry 😢 sob 😭 scream 😱 sunglasses 😎 sleeping 😴 zzz 💤 hugging_face 🤗 shrug 🤷 facepalm 🤦
heart ❤️ green_heart 💚 yellow_heart 💛 sparkles ✨ star ⭐ star2 🌟 trophy 🏆 100 💯 coffee ☕ pizza 🍕 beers 🍻 sunny ☀️ sunrise 🌅 crescent_moon 🌙 cloud ☁️ zap ⚡ snowflake ❄️ ocean 🌊 seedling 🌱 evergreen_tree 🌲 palm_tree 🌴 coin 🪙 moneybag 💰 crown 👑 gem 💎 gift 🎁 balloon 🎈 checkered_flag 🏁 triangular_flag_on_post 🚩 dart 🎯 ticket 🎫 speech_balloon 💬 thought_balloon 💭 one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣
`.trim().split(/\s+/);

const CHARACTERS = new Map();
for (let at = 0; at < NAMES.length; at += 2) CHARACTERS.set(NAMES[at], NAMES[at + 1]);

/** What the picker offers. */
export const PICKER = ["white_check_mark", "eyes", "tada", "+1"];

/** The character of a name, or nothing. Skin tones (`+1::skin-tone-2`) are left aside. */
export const character = (name) => CHARACTERS.get(name.split("::")[0]);
